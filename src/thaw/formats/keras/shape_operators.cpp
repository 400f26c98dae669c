// Operators that move, join and cut, and sums along axes.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operands.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;
using Sizes = std::vector<int64_t>;

Config object() { return Config(Config::Map{}); }

Config list_of(const Sizes& values) {
  Config result(Config::List{});
  for (const int64_t value : values) result.append(value);
  return result;
}

Config slice(const Config& start, const Config& stop, const Config& step) {
  return object()
      .set("class_name", "__slice__")
      .set("config", object().set("start", start).set("stop", stop).set("step", step));
}

Symbol get_item(const OperatorCall& call, const Symbol& x, Config key) {
  return call.call("GetItem", object().set("key", std::move(key)), {x});
}

/// x with `part` along one axis (0 is the first after the batch), whole along the others.
Symbol part_of(const OperatorCall& call, const Symbol& x, int axis, const Config& part) {
  Config key(Config::List{});
  for (int i = 0; i <= axis; ++i) key.append(slice({}, {}, {}));
  return get_item(call, x, key.append(part));
}

/// tf.keras names a slice by its parts alone, and an ellipsis by its class.
Config modern_slice(const Config& part) {
  if (const Config* kind = part.find("class_name");
      kind != nullptr && *kind == Config("__ellipsis__"))
    return object().set("class_name", "__ellipsis__").set("config", object());
  const Config* step = part.find("step");
  if (step == nullptr || part.find("class_name") != nullptr) return part;
  return slice(part.at("start"), part.at("stop"), *step);
}

Results item(const OperatorCall& call) {
  const Config* spec = call.find(1, {"key", "slice_spec"});
  if (spec == nullptr) throw Error("expected what is taken (a key), received none");
  Config key(Config::List{});
  if (spec->is_list()) {
    for (const Config& part : spec->as_list()) key.append(modern_slice(part));
  } else {
    key.append(modern_slice(*spec));
  }
  return {get_item(call, call.tensor(0, {"x", "tensor", "input"}), std::move(key))};
}

Results flip(const OperatorCall& call) {
  Symbol x = call.x();
  Sizes axes = call.integers(1, {"axis"});
  if (axes.empty()) throw Error("expected an axis: the batch itself cannot be turned around");
  for (const int64_t axis : axes) x = part_of(call, x, axis_of(axis, x.shape()), slice({}, {}, -1));
  return {x};
}

/// Sections of one size, or the sizes of each (TensorFlow), or where each begins (Keras 3).
Results split(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"x", "value"});
  const int axis = axis_of(call.integer(2, {"axis"}).value_or(0), x.shape());
  const int64_t size = x.shape()[axis];
  const bool by_places = call.find({"indices_or_sections"}) != nullptr;
  const Sizes numbers = call.integers(1, {"num_or_size_splits", "indices_or_sections"});
  const Config* given = call.find(1, {"num_or_size_splits", "indices_or_sections"});
  Sizes starts = {0};
  if (given != nullptr && !given->is_list()) {
    const int64_t count = numbers[0];
    if (count < 1 || count > size || size % count != 0)
      throw Error(fmt::format("expected sections that divide {}, received {}", size, count));
    for (int64_t i = 1; i < count; ++i) starts.push_back(i * (size / count));
  } else if (by_places) {
    starts.insert(starts.end(), numbers.begin(), numbers.end());
  } else {
    Sizes sizes = numbers;
    const int64_t known =
        std::accumulate(sizes.begin(), sizes.end(), int64_t{0},
                        [](int64_t sum, int64_t n) { return n < 0 ? sum : sum + n; });
    for (int64_t& one : sizes)
      if (one == -1) one = size - known;
    for (size_t i = 0; i + 1 < sizes.size(); ++i) starts.push_back(starts.back() + sizes[i]);
  }
  Results results;
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t end = i + 1 < starts.size() ? starts[i + 1] : size;
    if (starts[i] < 0 || starts[i] >= end || end > size)
      throw Error(fmt::format("expected sections of an axis of {}, received one from {} to {}",
                              size, starts[i], end));
    results.push_back(part_of(call, x, axis, slice(starts[i], end, {})));
  }
  return results;
}

Results concatenate(const OperatorCall& call) {
  Results all = call.tensors(0, {"values", "xs", "tensors"});
  const int64_t axis = call.integer(1, {"axis"}).value_or(0);
  (void)axis_of(axis, all[0].shape());
  if (all.size() == 1) return all;
  return {call.call("Concatenate", object().set("axis", axis), all)};
}

Symbol reshape(const OperatorCall& call, const Symbol& x, const Sizes& sizes) {
  return call.call("Reshape", object().set("target_shape", list_of(sizes)), {x});
}

Sizes sizes_of(const Symbol& x) { return {x.shape().sizes().begin(), x.shape().sizes().end()}; }

/// Places a new axis of size 1: after the batch, or counted from the end of the result.
int new_axis(int64_t axis, const Shape& shape) {
  const int64_t at = axis < 0 ? axis + shape.rank() + 1 : axis - 1;
  if (axis == 0 || at < 0 || at > shape.rank()) {
    throw Error(
        fmt::format("expected a place after the batch's axis for a new one, received {}", axis));
  }
  return static_cast<int>(at);
}

Symbol expand(const OperatorCall& call, const Symbol& x, int64_t axis) {
  Sizes sizes = sizes_of(x);
  sizes.insert(sizes.begin() + new_axis(axis, x.shape()), 1);
  return reshape(call, x, sizes);
}

Results expand_dims(const OperatorCall& call) {
  const auto axis = call.integer(1, {"axis", "dim"});
  if (!axis) throw Error("expected an axis, received none");
  return {expand(call, call.x(), *axis)};
}

Results squeeze(const OperatorCall& call) {
  const Symbol x = call.x();
  const Sizes axes = call.integers(1, {"axis", "squeeze_dims"});
  std::vector<bool> goes(static_cast<size_t>(x.shape().rank()), false);
  for (const int64_t axis : axes) {
    const int at = axis_of(axis, x.shape());
    if (x.shape()[at] != 1)
      throw Error(fmt::format("expected an axis of size 1, received axis {} of {}", axis,
                              x.shape().to_string()));
    goes[static_cast<size_t>(at)] = true;
  }
  Sizes sizes;
  for (int i = 0; i < x.shape().rank(); ++i) {
    const bool drops = axes.empty() ? x.shape()[i] == 1 : goes[static_cast<size_t>(i)];
    if (!drops) sizes.push_back(x.shape()[i]);
  }
  return {reshape(call, x, sizes)};
}

Results stack(const OperatorCall& call) {
  const Results all = call.tensors(0, {"values", "x"});
  const int64_t axis = call.integer(1, {"axis"}).value_or(0);
  Results expanded;
  for (const Symbol& x : all) expanded.push_back(expand(call, x, axis));
  if (expanded.size() == 1) return expanded;
  const int at = new_axis(axis, all[0].shape()) + 1;
  return {call.call("Concatenate", object().set("axis", at), expanded)};
}

/// The batch's size stands first, as −1.
Results new_shape(const OperatorCall& call) {
  const Symbol x = call.x();
  Sizes sizes = call.integers(1, {"shape", "newshape"});
  if (sizes.empty() || sizes[0] != -1) {
    throw Error(
        fmt::format("expected a shape that leaves the batch's size open (-1 first), "
                    "received {}",
                    list_of(sizes).to_string()));
  }
  sizes.erase(sizes.begin());
  return {reshape(call, x, sizes)};
}

Results transpose(const OperatorCall& call) {
  const Symbol x = call.x();
  Sizes order = call.integers(1, {"perm", "axes"});
  if (order.empty() || order[0] != 0)
    throw Error("expected an order of axes that leaves the batch first (0)");
  order.erase(order.begin());
  return {call.call("Permute", object().set("dims", list_of(order)), {x})};
}

/// Each part of an axis by itself, without that axis.
Results unstack(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"value", "x"});
  const int axis = axis_of(call.integer(2, {"axis"}).value_or(0), x.shape());
  const auto count = call.integer(1, {"num"});
  if (count && *count != x.shape()[axis])
    throw Error(fmt::format("expected {} parts, received {}", x.shape()[axis], *count));
  Results results;
  for (int64_t i = 0; i < x.shape()[axis]; ++i)
    results.push_back(part_of(call, x, axis, Config(i)));
  return results;
}

/// The parts of an axis that a list of numbers names, in its order.
Results take(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"params", "x"});
  const auto axis = call.integer(2, {"axis"});
  if (!axis) throw Error("expected an axis, received none");
  if (call.integer(OperatorCall::no_place, {"batch_dims"}).value_or(0) != 0)
    throw Error("expected no batch_dims");
  const int along = axis_of(*axis, x.shape());
  const Sizes indices = call.integers(1, {"indices"});
  if (indices.empty() || indices.size() > 64)
    throw Error(fmt::format("expected 1 to 64 indices, received {}", indices.size()));
  Results parts;
  for (const int64_t index : indices) {
    const int64_t at = index < 0 ? index + x.shape()[along] : index;
    parts.push_back(part_of(call, x, along, slice(at, at + 1, {})));
  }
  if (parts.size() == 1) return parts;
  return {call.call("Concatenate", object().set("axis", along + 1), parts)};
}

/// The whole again and again along each axis.
Results tile(const OperatorCall& call) {
  Symbol x = call.tensor(0, {"input", "x"});
  const Sizes counts = call.integers(1, {"multiples", "repeats"});
  if (std::ssize(counts) != x.shape().rank() + 1 || counts[0] != 1)
    throw Error(fmt::format("expected a count for each of {} axes, 1 for the batch's",
                            x.shape().rank() + 1));
  for (size_t axis = 1; axis < counts.size(); ++axis) {
    if (counts[axis] < 1 || counts[axis] > 64)
      throw Error(fmt::format("expected counts of 1 to 64, received {}", counts[axis]));
    if (counts[axis] == 1) continue;
    const Results copies(static_cast<size_t>(counts[axis]), x);
    x = call.call("Concatenate", object().set("axis", static_cast<int64_t>(axis)), copies);
  }
  return {x};
}

/// Each part along an axis several times, one after another.
Results repeat(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"x", "input"});
  const auto count = call.integer(1, {"repeats"});
  const auto axis = call.integer(2, {"axis"});
  if (!count || !axis) throw Error("expected one number of repeats and an axis");
  const int along = axis_of(*axis, x.shape());
  const int64_t parts = x.shape()[along];
  if (*count < 1 || parts * *count > 64)
    throw Error(fmt::format("expected 1 to 64 parts, received {} times {}", parts, *count));
  Results copies;
  for (int64_t at = 0; at < parts; ++at) {
    const Symbol part = parts == 1 ? x : part_of(call, x, along, slice(at, at + 1, {}));
    copies.insert(copies.end(), static_cast<size_t>(*count), part);
  }
  if (copies.size() == 1) return copies;
  return {call.call("Concatenate", object().set("axis", along + 1), copies)};
}

/// Two axes exchanged, or one put to another place.
Results move_axis(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"x"});
  const auto from = call.integer(1, {"axis1", "source"});
  const auto to = call.integer(2, {"axis2", "destination"});
  if (!from || !to) throw Error("expected two axes");
  const int a = axis_of(*from, x.shape());
  const int b = axis_of(*to, x.shape());
  Sizes order(static_cast<size_t>(x.shape().rank()));
  std::iota(order.begin(), order.end(), 1);
  if (std::string_view(call.word()) == "swap") {
    std::swap(order[static_cast<size_t>(a)], order[static_cast<size_t>(b)]);
  } else {
    order.erase(order.begin() + a);
    order.insert(order.begin() + b, a + 1);
  }
  return {call.call("Permute", object().set("dims", list_of(order)), {x})};
}

Results flatten(const OperatorCall& call) { return {call.call("Flatten", object(), {call.x()})}; }

Results pad(const OperatorCall& call) {
  const Config* widths = call.find({"paddings", "pad_width"});
  if (widths == nullptr) throw Error("expected paddings, received none");
  const Config* mode = call.find({"mode"});
  const Config* value = call.find(1, {"constant_values"});
  std::string word = mode == nullptr ? "constant" : mode->as_string();
  std::ranges::transform(word, word.begin(),
                         [](unsigned char letter) { return std::tolower(letter); });
  return {call.call(
      "Pad",
      object()
          .set("pad_width", *widths)
          .set("mode", word)
          .set("constant_values", value == nullptr || *value == Config(0) ? Config() : *value),
      {call.tensor(0, {"tensor", "x"})})};
}

/// Mean, Max, Min or Sum along axes, all but the batch where none are named.
Results reduce(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"input_tensor", "x"});
  Sizes axes = call.integers(1, {"axis", "reduction_indices"});
  if (axes.empty()) throw Error("expected axes after the batch's, received none");
  return {call.call(
      call.word(),
      object().set("axis", list_of(axes)).set("keepdims", call.flag({"keepdims", "keep_dims"}, 2)),
      {x})};
}

/// Σ w·x/Σ w along an axis.
Results average(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"x"});
  const auto axis = call.integer(OperatorCall::no_place, {"axis"});
  if (!axis) throw Error("expected an axis after the batch's, received none");
  const int along = axis_of(*axis, x.shape());
  const auto sum = [&](const Symbol& of) {
    return call.call("Sum", object().set("axis", list_of({along + 1})), {of});
  };
  if (call.find(1, {"weights"}) == nullptr)
    return {call.call("Mean", object().set("axis", list_of({along + 1})), {x})};
  const auto given = call.operand(1, {"weights"});
  if (const auto* weights = std::get_if<Symbol>(&given)) {
    const Symbol total = call.call("Power", object().set("exponent", -1), {sum(*weights)});
    const Symbol weighted = call.call("Multiply", object(), {x, *weights});
    return {call.call("Multiply", object(), {sum(weighted), total})};
  }
  Numbers numbers = std::get<Numbers>(given);
  if (numbers.shape != Shape{x.shape()[along]}) {
    throw Error(fmt::format("expected {} weights, one a place along axis {}, received {}",
                            x.shape()[along], *axis, numbers.shape.to_string()));
  }
  float total = 0;
  for (const float weight : numbers.values) total += weight;
  if (total == 0) throw Error("expected weights whose sum is not 0");
  for (float& weight : numbers.values) weight /= total;
  Sizes sizes(static_cast<size_t>(x.shape().rank()), 1);
  sizes[static_cast<size_t>(along)] = x.shape()[along];
  numbers.shape = Shape(std::move(sizes));
  return {sum(times_numbers(call, beside(call, x, numbers)))};
}

constexpr Operator operators[] = {
    {"GetItem", "__operators__.getitem", &item},
    {"Flip", "reverse", &flip},
    {"Split", "split", &split},
    {"Concatenate", "concat", &concatenate},
    {"Stack", "stack", &stack},
    {"Reshape", "reshape", &new_shape},
    {"ExpandDims", "expand_dims", &expand_dims},
    {"Squeeze", "compat.v1.squeeze", &squeeze},
    {"", "squeeze", &squeeze},
    {"Transpose", "compat.v1.transpose", &transpose},
    {"", "transpose", &transpose},
    {"Swapaxes", "", &move_axis, "swap"},
    {"Moveaxis", "", &move_axis, "move"},
    {"Unstack", "unstack", &unstack},
    {"Take", "compat.v1.gather", &take},
    {"", "gather", &take},
    {"Tile", "tile", &tile},
    {"Repeat", "repeat", &repeat},
    {"", "keras.backend.batch_flatten", &flatten},
    {"Pad", "compat.v1.pad", &pad},
    {"", "pad", &pad},
    {"Mean", "math.reduce_mean", &reduce, "Mean"},
    {"Average", "", &average},
    {"Max", "math.reduce_max", &reduce, "Max"},
    {"Amax", "", &reduce, "Max"},
    {"Min", "math.reduce_min", &reduce, "Min"},
    {"Amin", "", &reduce, "Min"},
    {"Sum", "math.reduce_sum", &reduce, "Sum"},
};

}  // namespace

std::span<const Operator> shape_operators() { return operators; }

}  // namespace thaw::keras
