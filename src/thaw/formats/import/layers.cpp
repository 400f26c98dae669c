// Layers with weights that slide no window, normalization, activations.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }

Tensor vector_of(const Value& value, int64_t size, const char* what) {
  if (!value.is_known())
    throw Error(fmt::format("expected {} that is known, received one that is computed", what));
  const Array& array = value.constant->array;
  if (array.elements() == size) return array.floats().reshaped({size});
  if (array.elements() == 1) return Tensor::full({size}, static_cast<float>(array.number()));
  throw Error(fmt::format("expected {} of {} numbers, received the shape {}", what, size,
                          array.shape().to_string()));
}

bool is_consecutive(const AxisParts& sorted, int last) {
  for (size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != last - static_cast<int>(sorted.size() - 1 - i)) return false;
  return true;
}

}  // namespace

Value Assembler::dense(const Value& x, const Value& kernel, const Value* bias) {
  if (!kernel.is_known() || kernel.constant->array.shape().rank() != 2)
    throw Error("expected a known kernel of two axes");
  Array weights = kernel.constant->array;
  const int64_t units = weights.shape()[1];
  const int last = static_cast<int>(std::ssize(x.axes)) - 1;
  AxisParts parts = x.axes.back();
  if (shape_of(x)[last] != weights.shape()[0]) {
    throw Error(fmt::format("expected {} inputs, as the kernel has them, received {}",
                            weights.shape()[0], shape_of(x).to_string()));
  }
  Value input = x;
  if (parts.size() > 1) {
    // The kernel's rows go where the symbol has what the foreign graph flattened.
    AxisParts sorted = parts;
    std::ranges::sort(sorted);
    if (sorted != parts) {
      std::vector<int64_t> sizes;
      std::vector<int64_t> order;
      for (const int part : parts) sizes.push_back(part_size(x, part));
      for (const int part : sorted) order.push_back(std::ranges::find(parts, part) - parts.begin());
      sizes.push_back(units);
      order.push_back(std::ssize(parts));
      weights = folding::transpose(weights.reshaped(Shape(std::move(sizes))), order)
                    .reshaped(kernel.constant->array.shape());
      input.axes.back() = sorted;
    }
    const int rank = x.symbol.shape().rank();
    if (std::ssize(sorted) == rank && is_consecutive(sorted, rank) && std::ssize(x.axes) == 2) {
      input = {.symbol = call("Flatten", object(), {x.symbol}), .axes = {{0}, {1}}};
    }
  }
  input = isolated(input, last, true);
  Weights all = {{"kernel", weights.floats()}};
  if (bias != nullptr) all.emplace_back("bias", vector_of(*bias, units, "a bias"));
  Value result = input;
  result.uses = 0;
  result.symbol = call("Dense", object().set("units", units).set("use_bias", bias != nullptr),
                       input.symbol, all, {&kernel, bias});
  return result;
}

Value Assembler::matmul(const Value& a, const Value& b, bool transpose_a, bool transpose_b) {
  const auto exchanged = [&](const Value& value) {
    std::vector<int64_t> order(static_cast<size_t>(shape_of(value).rank()));
    std::iota(order.begin(), order.end(), 0);
    if (order.size() < 2) throw Error("expected a matrix, received a list");
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    return transpose(value, order);
  };
  const Value left = transpose_a ? exchanged(a) : a;
  Value right = transpose_b ? exchanged(b) : b;
  if (left.is_known() && right.is_known())
    return folded(folding::matmul(left.constant->array, right.constant->array), *right.constant);
  if (right.is_known()) {
    const Shape shape = shape_of(right);
    if (shape.rank() > 2 && shape.elements() == shape[-1] * shape[-2])
      right = reshape(right, {shape[-2], shape[-1]});
    if (shape_of(right).rank() == 2) return dense(left, right, nullptr);
  }
  if (left.is_known()) {
    // A·b is (bᵀ·Aᵀ)ᵀ, a Dense again.
    const Shape shape = shape_of(left);
    if (shape.elements() == shape[-1] * shape[-2]) {
      const Value kernel = exchanged(reshape(left, {shape[-2], shape[-1]}));
      return exchanged(dense(exchanged(right), kernel, nullptr));
    }
  }
  if (left.is_known() || right.is_known())
    throw Error("expected a product of computed values, or with one known matrix");
  return product(left, right);
}

/// Where the right stack has one matrix for all of an axis, as keys that heads share, the rows of
/// the left one's matrices are those of one matrix.
Value Assembler::product_of_shared(const Value& left, const Value& right) {
  const Shape a = shape_of(left);
  const Shape b = shape_of(right);
  const int rank = a.rank();
  std::vector<int64_t> order;
  std::vector<int64_t> merged;
  std::vector<int64_t> stack;
  for (int axis = 0; axis + 2 < rank; ++axis) {
    (a[axis] == b[axis] ? order : merged).push_back(axis);
    if (a[axis] == b[axis]) stack.push_back(a[axis]);
  }
  int64_t rows = a[-2];
  std::vector<int64_t> apart = stack;
  for (const int64_t axis : merged) {
    order.push_back(axis);
    apart.push_back(a[static_cast<int>(axis)]);
    rows *= a[static_cast<int>(axis)];
  }
  order.insert(order.end(), {rank - 2, rank - 1});
  apart.insert(apart.end(), {a[-2], b[-1]});
  std::vector<int64_t> lefts = stack;
  std::vector<int64_t> rights = stack;
  lefts.insert(lefts.end(), {rows, a[-1]});
  rights.insert(rights.end(), {b[-2], b[-1]});
  const Value y = product(reshape(transpose(left, order), lefts), reshape(right, rights));
  std::vector<int64_t> inverse(order.size());
  for (size_t place = 0; place < order.size(); ++place)
    inverse[static_cast<size_t>(order[place])] = static_cast<int64_t>(place);
  return transpose(reshape(y, apart), inverse);
}

Value Assembler::product(const Value& left, const Value& right) {
  const Shape a = shape_of(left);
  const Shape b = shape_of(right);
  const int rank = a.rank();
  if (rank < 3 || b.rank() != rank || a[-1] != b[-2]) {
    throw Error(fmt::format("expected two stacks of matrices that fit, received {} and {}",
                            a.to_string(), b.to_string()));
  }
  for (int axis = 1; axis + 2 < rank; ++axis)
    if (a[axis] != b[axis] && b[axis] == 1) return product_of_shared(left, right);
  for (int axis = 0; axis + 2 < rank; ++axis)
    if (a[axis] != b[axis])
      throw Error(fmt::format("expected stacks of one shape, received {} and {}", a.to_string(),
                              b.to_string()));
  // The stack in the parts of the left value, so that the batch stays an axis of its own.
  std::vector<int64_t> sizes_of_right;
  std::vector<AxisParts> groups_of_left;
  Value result{.axes = {}};
  int next = 1;
  for (int axis = 0; axis + 2 < rank; ++axis) {
    AxisParts& parts = result.axes.emplace_back();
    for (const int part : left.axes[static_cast<size_t>(axis)]) {
      sizes_of_right.push_back(part_size(left, part));
      groups_of_left.push_back({part});
      parts.push_back(part == 0 ? 0 : next++);
    }
  }
  const auto by_batch = [](const std::vector<AxisParts>& groups) {
    std::vector<AxisParts> ordered;
    for (const AxisParts& group : groups)
      if (std::ranges::find(group, 0) != group.end()) ordered.push_back(group);
    if (ordered.size() != 1) throw Error("expected the batch in the stack of both");
    for (const AxisParts& group : groups)
      if (std::ranges::find(group, 0) == group.end()) ordered.push_back(group);
    return ordered;
  };
  groups_of_left.push_back(left.axes[static_cast<size_t>(rank - 2)]);
  groups_of_left.push_back(left.axes[static_cast<size_t>(rank - 1)]);
  sizes_of_right.push_back(b[-2]);
  sizes_of_right.push_back(b[-1]);
  const Value fine = reshape(right, sizes_of_right);
  const Symbol first = arranged(left, by_batch(groups_of_left));
  const Symbol second = arranged(fine, by_batch(fine.axes));
  result.axes.push_back({next});
  result.axes.push_back({next + 1});
  result.symbol = call("Matmul", object(), {first, second});
  return result;
}

Value Assembler::elementwise(const Value& x, std::string_view class_name, const Config& config) {
  if (x.is_known()) throw Error("expected a value that is computed, received a known one");
  Value result = x;
  result.uses = 0;
  result.symbol = call(class_name, config.is_null() ? object() : config, {x.symbol});
  return result;
}

Value Assembler::activation(const Value& x, std::string_view name, const Config& settings) {
  if (x.is_known()) return known(folding::map(x.constant->array, folding::function(name)));
  if (name == "leaky_relu") return elementwise(x, "LeakyReLU", settings);
  if (name == "elu" && !settings.is_null()) return elementwise(x, "ELU", settings);
  if (name == "gelu" && !settings.is_null()) return elementwise(x, "Gelu", settings);
  return elementwise(x, "Activation", object().set("activation", std::string(name)));
}

Value Assembler::clip(const Value& x, double lowest, double highest) {
  if (x.is_known()) {
    return known(folding::map(x.constant->array, [&](double value) {
      return std::min(std::max(value, lowest), highest);
    }));
  }
  if (lowest == 0 && highest == 6) return activation(x, "relu6");
  constexpr double all = std::numeric_limits<float>::max();
  if (lowest == 0 && highest >= all) return activation(x, "relu");
  if (lowest == 0) return elementwise(x, "ReLU", object().set("max_value", highest));
  return elementwise(
      x, "Clip",
      object().set("x_min", std::max(lowest, -all)).set("x_max", std::min(highest, all)));
}

Value Assembler::prelu(const Value& x, const Value& slope) {
  if (!slope.is_known()) throw Error("expected known slopes");
  const Array& array = slope.constant->array;
  if (array.elements() == 1)
    return activation(x, "leaky_relu", object().set("negative_slope", array.number()));
  const Shape shape = shape_of(x);
  const Array full = array.shape().rank() == 1 && array.elements() != shape[-1]
                         ? array.reshaped({array.elements(), 1, 1})
                         : array;
  std::vector<int64_t> sizes(static_cast<size_t>(shape.rank() - full.shape().rank()), 1);
  sizes.insert(sizes.end(), full.shape().sizes().begin(), full.shape().sizes().end());
  // In the order of the symbol's axes, each of which must be one of the foreign value's.
  std::vector<int64_t> order(static_cast<size_t>(x.symbol.shape().rank()), -1);
  for (size_t axis = 0; axis < x.axes.size(); ++axis)
    for (const int part : x.axes[axis])
      if (part != 0 && x.axes[axis].size() == 1)
        order[static_cast<size_t>(part - 1)] = static_cast<int64_t>(axis);
  std::vector<int64_t> own;
  Config shared(Config::List{});
  std::vector<int64_t> all_axes = {0};
  for (size_t part = 0; part < order.size(); ++part) {
    if (order[part] < 0) throw Error("expected slopes of an image");
    all_axes.push_back(order[part]);
    own.push_back(sizes[static_cast<size_t>(order[part])]);
    if (own.back() == 1) shared.append(static_cast<int64_t>(part) + 1);
  }
  const Array placed = folding::transpose(full.reshaped(Shape(std::move(sizes))), all_axes);
  Value result = x;
  result.uses = 0;
  result.symbol = call("PReLU", object().set("shared_axes", shared), x.symbol,
                       {{"alpha", placed.floats().reshaped(Shape(std::move(own)))}}, {&slope});
  return result;
}

Value Assembler::softmax(const Value& x, int64_t axis) {
  const int at = axis_of(x, axis);
  Value result = isolated(x, at, true);
  result.uses = 0;
  const Shape shape = result.symbol.shape();
  // Keras on TensorFlow fails at softmax over more axes than these.
  constexpr int most_axes = 3;
  if (shape.rank() <= most_axes) {
    result.symbol = call("Softmax", object().set("axis", -1), {result.symbol});
    return result;
  }
  const auto reshaped = [&](const Symbol& of, std::span<const int64_t> sizes) {
    Config list(Config::List{});
    for (const int64_t size : sizes) list.append(size);
    return call("Reshape", object().set("target_shape", list), {of});
  };
  const std::vector<int64_t> rows = {shape.elements() / shape.last(), shape.last()};
  const Symbol y = call("Softmax", object().set("axis", -1), {reshaped(result.symbol, rows)});
  result.symbol = reshaped(y, shape.sizes());
  return result;
}

Value Assembler::log_softmax(const Value& x, int64_t axis) {
  return activation(isolated(x, axis_of(x, axis), true), "log_softmax");
}

Value Assembler::batch_normalization(const Value& x, const Value* gamma, const Value* beta,
                                     const Value& mean, const Value& variance, double epsilon,
                                     int64_t axis) {
  Value result = isolated(x, axis_of(x, axis), true);
  const int64_t size = result.symbol.shape().last();
  Weights weights = {{"moving_mean", vector_of(mean, size, "a mean")},
                     {"moving_variance", vector_of(variance, size, "a variance")}};
  if (gamma != nullptr) weights.emplace_back("gamma", vector_of(*gamma, size, "a gamma"));
  if (beta != nullptr) weights.emplace_back("beta", vector_of(*beta, size, "a beta"));
  const Config config = object()
                            .set("epsilon", epsilon)
                            .set("scale", gamma != nullptr)
                            .set("center", beta != nullptr);
  result.uses = 0;
  result.symbol = call("BatchNormalization", config, result.symbol, weights, {gamma, beta, &mean});
  return result;
}

Value Assembler::layer_normalization(const Value& x, const Value* gamma, const Value* beta,
                                     double epsilon, int64_t axis) {
  const int first = axis_of(x, axis);
  const int rank = static_cast<int>(std::ssize(x.axes));
  Value merged{.symbol = x.symbol};
  for (int at = 0; at <= first; ++at) merged.axes.push_back(x.axes[static_cast<size_t>(at)]);
  for (int at = first + 1; at < rank; ++at) {
    const AxisParts& parts = x.axes[static_cast<size_t>(at)];
    merged.axes.back().insert(merged.axes.back().end(), parts.begin(), parts.end());
  }
  merged = isolated(merged, first, true);
  const int64_t size = merged.symbol.shape().last();
  Weights weights;
  if (gamma != nullptr) weights.emplace_back("gamma", vector_of(*gamma, size, "a gamma"));
  if (beta != nullptr) weights.emplace_back("beta", vector_of(*beta, size, "a beta"));
  const Config config = object()
                            .set("epsilon", epsilon)
                            .set("axis", -1)
                            .set("scale", gamma != nullptr)
                            .set("center", beta != nullptr);
  merged.symbol = call("LayerNormalization", config, merged.symbol, weights, {gamma, beta});
  const Shape shape = shape_of(x);
  return reshape(merged, {shape.sizes().begin(), shape.sizes().end()});
}

Value Assembler::group_normalization(const Value& x, const Value* gamma, const Value* beta,
                                     int64_t groups, double epsilon, int64_t axis) {
  Value result = isolated(x, axis_of(x, axis), true);
  const int64_t size = result.symbol.shape().last();
  Weights weights;
  if (gamma != nullptr) weights.emplace_back("gamma", vector_of(*gamma, size, "a gamma"));
  if (beta != nullptr) weights.emplace_back("beta", vector_of(*beta, size, "a beta"));
  const Config config = object()
                            .set("groups", groups)
                            .set("axis", -1)
                            .set("epsilon", epsilon)
                            .set("scale", gamma != nullptr)
                            .set("center", beta != nullptr);
  result.uses = 0;
  result.symbol = call("GroupNormalization", config, result.symbol, weights, {gamma, beta});
  return result;
}

}  // namespace thaw::foreign
