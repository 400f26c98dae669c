// Number by number, with other values or with numbers; reductions.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"
#include "thaw/graph/layer_type.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }

folding::Operation operation_of(Binary how) {
  switch (how) {
    case Binary::add:
      return folding::Operation::add;
    case Binary::subtract:
      return folding::Operation::subtract;
    case Binary::multiply:
      return folding::Operation::multiply;
    case Binary::divide:
      return folding::Operation::divide;
    case Binary::maximum:
      return folding::Operation::maximum;
    case Binary::minimum:
      return folding::Operation::minimum;
    case Binary::power:
      return folding::Operation::power;
  }
  return folding::Operation::add;
}

Constant with_array(const Constant& constant, Array array) {
  return {std::move(array), constant.name, constant.can_train};
}

Constant mapped(const Constant& constant, double (*function)(double)) {
  return with_array(constant, folding::map(constant.array, function));
}

double inverse(double value) {
  if (value == 0) throw Error("expected a quotient by other numbers than 0");
  return 1 / value;
}
double negative(double value) { return -value; }

Config numbers_of(std::span<const float> values) {
  Config result(Config::List{});
  for (const float value : values) result.append(double{value});
  return result;
}

/// Lists of numbers up to this length are written into a config; longer ones are weights.
constexpr int64_t longest_list = 4096;
/// √(variance + ε) is exactly 1 with it.
constexpr double exact_epsilon = 1.0 / 1024;

}  // namespace

bool Assembler::is_near_input(const Symbol& symbol) {
  Symbol at = symbol;
  for (int depth = 0; depth < 16; ++depth) {
    if (at.call() == nullptr || at.call()->inputs.empty()) return true;
    const std::string_view class_name = at.call()->layer.class_name();
    if (at.call()->inputs.size() != 1 ||
        (class_name != "Rescaling" && class_name != "Permute" && class_name != "Reshape" &&
         class_name != "Resizing" && class_name != "GetItem"))
      return false;
    at = at.call()->inputs[0];
  }
  return false;
}

bool Assembler::is_rectified(const Symbol& symbol) {
  if (symbol.call() == nullptr || symbol.call()->layer.definition() == nullptr) return false;
  const Layer& layer = symbol.call()->layer;
  if (layer.class_name() == "ReLU") return true;
  if (layer.class_name() != "Activation") return false;
  const Config config = layer.definition()->config();
  const Config* name = config.find("activation");
  return name != nullptr && (*name == Config("relu") || *name == Config("relu6"));
}

Value Assembler::binary(Binary how, const Value& a, const Value& b) {
  if (a.is_known() && b.is_known()) {
    const Constant& named = a.constant->name.empty() ? *b.constant : *a.constant;
    return folded(folding::binary(operation_of(how), a.constant->array, b.constant->array), named);
  }
  if (!a.repeated.empty() || !b.repeated.empty()) return binary_of_repeated(how, a, b);
  if (b.is_known()) return with_numbers(how, a, *b.constant, false);
  if (a.is_known()) return with_numbers(how, b, *a.constant, true);
  if (a.axes.size() != b.axes.size()) {
    throw Error(fmt::format("expected two values of one rank, received {} and {}",
                            shape_of(a).to_string(), shape_of(b).to_string()));
  }
  const Shape shape = folding::broadcast(shape_of(a), shape_of(b));
  if (shape != shape_of(a) && shape != shape_of(b)) return outer(how, a, b, shape);
  const bool second_leads = shape_of(a).elements() < shape_of(b).elements();
  Value like = second_leads ? b : a;
  for (int axis = 1; axis < shape.rank(); ++axis)
    if (shape_of(like)[axis] != shape[axis]) like = with_part(like, axis);
  const Value& other = second_leads ? a : b;
  const bool is_alike =
      like.axes == other.axes && like.symbol.shape().rank() == other.symbol.shape().rank();
  const Symbol laid = is_alike ? other.symbol : laid_like(other, like, -1);
  return {
      .symbol = merged(how, second_leads ? laid : like.symbol, second_leads ? like.symbol : laid),
      .axes = like.axes};
}

Symbol Assembler::merged(Binary how, const Symbol& a, const Symbol& b) {
  switch (how) {
    case Binary::add:
      return call("Add", object(), {a, b});
    case Binary::subtract:
      return call("Subtract", object(), {a, b});
    case Binary::multiply:
      return call("Multiply", object(), {a, b});
    case Binary::maximum:
      return call("Maximum", object(), {a, b});
    case Binary::minimum:
      return call("Minimum", object(), {a, b});
    case Binary::divide:
      return call("Multiply", object(), {a, call("Power", object().set("exponent", -1.0), {b})});
    case Binary::power:
      break;
  }
  throw Error("expected a power by a number, received one by a computed value");
}

Value Assembler::with_one_number(Binary how, const Value& x, double number, bool numbers_first) {
  const auto rescaled = [&](const Value& of, double scale, double offset) {
    if (scale == 1 && offset == 0) return of;
    return elementwise(of, "Rescaling", object().set("scale", scale).set("offset", offset));
  };
  const auto power = [&](double exponent) {
    return exponent == 1 ? x : elementwise(x, "Power", object().set("exponent", exponent));
  };
  constexpr double all = std::numeric_limits<float>::max();
  switch (how) {
    case Binary::add:
      return rescaled(x, 1, number);
    case Binary::subtract:
      return numbers_first ? rescaled(x, -1, number) : rescaled(x, 1, -number);
    case Binary::multiply:
      return rescaled(x, number, 0);
    case Binary::divide:
      return numbers_first ? rescaled(power(-1), number, 0) : rescaled(x, inverse(number), 0);
    case Binary::maximum:
      return clip(x, number, all);
    case Binary::minimum:
      return clip(x, -all, number);
    case Binary::power:
      if (!numbers_first) return power(number);
      if (!(number > 0)) throw Error(fmt::format("expected a base above 0, received {}", number));
      return activation(rescaled(x, std::log(number), 0), "exponential");
  }
  return x;
}

Value Assembler::with_numbers(Binary how, const Value& x, const Constant& numbers,
                              bool numbers_first) {
  const Array& array = numbers.array;
  const Shape shape = folding::broadcast(shape_of(x), array.shape());
  if (shape.rank() == std::ssize(x.axes) && shape != shape_of(x) && shape[0] == batch_) {
    const Value larger = broadcast_to(x, {shape.sizes().begin(), shape.sizes().end()});
    return with_numbers(how, repeat(larger), numbers, numbers_first);
  }
  const bool is_one = array.elements() == 1 && array.shape().rank() <= std::ssize(x.axes);
  const auto all_equal = [&] {
    for (int64_t i = 1; i < array.elements(); ++i)
      if (array.at(i) != array.at(0)) return false;
    return array.elements() > 0 && array.shape().rank() <= std::ssize(x.axes);
  };
  if (is_one && (numbers.name.empty() || how == Binary::maximum || how == Binary::minimum ||
                 how == Binary::power || shape_of(x)[-1] != 1))
    return with_one_number(how, x, array.at(0), numbers_first);
  switch (how) {
    case Binary::add: {
      if (auto merged = merged_offset(x, numbers)) return *merged;
      return scaled(x, nullptr, &numbers);
    }
    case Binary::subtract: {
      if (numbers_first)
        return with_numbers(Binary::add, with_one_number(Binary::multiply, x, -1, false), numbers,
                            false);
      return with_numbers(Binary::add, x, mapped(numbers, &negative), false);
    }
    case Binary::multiply:
      return scaled(x, &numbers, nullptr);
    case Binary::divide: {
      if (!numbers_first) {
        const Constant inverted = mapped(numbers, &inverse);
        return scaled(x, &inverted, nullptr);
      }
      return scaled(with_one_number(Binary::power, x, -1, false), &numbers, nullptr);
    }
    case Binary::power:
    case Binary::maximum:
    case Binary::minimum:
      break;
  }
  if (all_equal()) return with_one_number(how, x, array.at(0), numbers_first);
  if (how == Binary::power) throw Error("expected a power by one number, received several");
  const Constant plain{array};
  const Value there = scaled(with_one_number(Binary::multiply, x, 0, false), nullptr, &plain);
  return binary(how, x, there);
}

std::optional<Assembler::Placed> Assembler::placed(const Value& x, const Array& numbers) {
  const Shape shape = shape_of(x);
  const Shape& own = numbers.shape();
  if (own.rank() > shape.rank()) return std::nullopt;
  std::vector<int64_t> sizes(static_cast<size_t>(shape.rank() - own.rank()), 1);
  sizes.insert(sizes.end(), own.sizes().begin(), own.sizes().end());
  // In the parts of each axis, and then in the order of the symbol's.
  std::vector<int64_t> fine;
  const int rank = x.symbol.shape().rank();
  std::vector<int64_t> order(static_cast<size_t>(rank), -1);
  int first = rank;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t size = sizes[static_cast<size_t>(axis)];
    if (size != 1 && size != shape[axis]) return std::nullopt;
    int64_t product = 1;
    for (const int part : x.axes[static_cast<size_t>(axis)]) {
      if (size != 1 && part == 0 && batch_ != 1) return std::nullopt;
      if (part != 0) order[static_cast<size_t>(part - 1)] = std::ssize(fine);
      fine.push_back(size == 1 ? 1 : part_size(x, part));
      product *= fine.back();
      if (fine.back() != 1 && part != 0) first = std::min(first, part);
    }
    if (product != size) return std::nullopt;
  }
  std::vector<int64_t> all = order;
  for (int64_t i = 0; i < std::ssize(fine); ++i)
    if (std::ranges::find(order, i) == order.end()) all.push_back(i);
  Array laid = folding::transpose(numbers.reshaped(Shape(std::move(fine))), all);
  std::vector<int64_t> tail;
  std::vector<int64_t> full;
  for (int part = first; part <= rank; ++part) {
    tail.push_back(laid.shape()[part - 1]);
    full.push_back(part_size(x, part));
  }
  laid = folding::broadcast_to(laid.reshaped(Shape(std::move(tail))), Shape(std::move(full)));
  return Placed{.first = first, .numbers = laid.floats().reshaped({laid.elements()})};
}

Value Assembler::scaled(const Value& x, const Constant* scale, const Constant* offset) {
  const Constant& given = scale != nullptr ? *scale : *offset;
  Value input = x;
  auto place = placed(input, given.array);
  if (!place) {
    throw Error(
        fmt::format("expected numbers that fit {} without making it larger, received the shape {}",
                    shape_of(x).to_string(), given.array.shape().to_string()));
  }
  const Shape before = input.symbol.shape();
  Symbol symbol = input.symbol;
  std::vector<int64_t> sizes(before.sizes().begin(), before.sizes().begin() + place->first - 1);
  sizes.push_back(place->numbers.elements());
  const Shape flat{std::vector<int64_t>(sizes)};
  const auto reshaped = [&](const Symbol& of, const Shape& shape) {
    if (of.shape() == shape) return of;
    Config list(Config::List{});
    for (const int64_t size : shape.sizes()) list.append(size);
    return call("Reshape", object().set("target_shape", list), {of});
  };
  const bool is_plain =
      (given.name.empty() || is_near_input(symbol)) && place->numbers.elements() <= longest_list;
  symbol = reshaped(symbol, flat);
  if (is_plain) {
    const Config list = numbers_of(place->numbers.values());
    symbol = call("Rescaling",
                  object()
                      .set("scale", scale != nullptr ? list : Config(1.0))
                      .set("offset", offset != nullptr ? list : Config(0.0)),
                  {symbol});
  } else {
    const Value part{.constant = given};
    const int64_t count = place->numbers.elements();
    const Config config = object()
                              .set("epsilon", exact_epsilon)
                              .set("scale", scale != nullptr)
                              .set("center", offset != nullptr);
    symbol =
        call("BatchNormalization", config, symbol,
             {{"moving_mean", Tensor::zeros({count})},
              {"moving_variance", Tensor::full({count}, 1 - static_cast<float>(exact_epsilon))},
              {scale != nullptr ? "gamma" : "beta", place->numbers}},
             {&part});
  }
  return {.symbol = reshaped(symbol, before), .axes = input.axes};
}

std::optional<Value> Assembler::merged_offset(const Value& x, const Constant& numbers) {
  if (x.uses != 1 || x.symbol.call() == nullptr) return std::nullopt;
  const auto found = made_.find(x.symbol.call()->layer.id());
  if (found == made_.end()) return std::nullopt;
  const auto place = placed(x, numbers.array);
  const int rank = x.symbol.shape().rank();
  if (!place || place->first != rank || place->numbers.elements() != x.symbol.shape().last())
    return std::nullopt;
  Made made = found->second;
  const bool is_normalization = made.class_name == "BatchNormalization";
  const char* flag = is_normalization ? "center" : "use_bias";
  if (made.config.at(flag).as_bool()) return std::nullopt;
  made.config.set(flag, true);
  made.weights.emplace_back(is_normalization ? "beta" : "bias", place->numbers);
  made_.erase(found);
  return Value{.symbol = make(made), .axes = x.axes};
}

Value Assembler::reduce(Reduction how, const Value& x, std::vector<int64_t> axes, bool keeps_axes) {
  const int rank = shape_of(x).rank();
  if (axes.empty())
    for (int axis = 0; axis < rank; ++axis) axes.push_back(axis);
  std::vector<int> gone;
  gone.reserve(axes.size());
  for (const int64_t axis : axes) gone.push_back(axis_of(x, axis));
  if (x.is_known()) {
    const auto fold = how == Reduction::mean  ? folding::Fold::mean
                      : how == Reduction::sum ? folding::Fold::sum
                      : how == Reduction::max ? folding::Fold::max
                                              : folding::Fold::min;
    return folded(folding::reduce(fold, x.constant->array, gone, keeps_axes), {});
  }
  std::set<int> parts;
  Value result{.symbol = x.symbol};
  for (int axis = 0; axis < rank; ++axis) {
    const AxisParts& own = x.axes[static_cast<size_t>(axis)];
    if (std::ranges::find(gone, axis) == gone.end()) {
      result.axes.push_back(own);
      continue;
    }
    parts.insert(own.begin(), own.end());
    if (keeps_axes) result.axes.emplace_back();
  }
  if (parts.contains(0)) throw Error("expected axes other than the batch's");
  if (parts.empty()) return result;
  result.symbol = reduced(how, x.symbol, parts);
  if (result.symbol.shape().rank() == x.symbol.shape().rank()) {
    // All of a sample: its axes stay, of size 1, and lie with the batch.
    result.axes[0].insert(result.axes[0].end(), parts.begin(), parts.end());
    return result;
  }
  for (AxisParts& own : result.axes) {
    for (int& part : own)
      part -=
          static_cast<int>(std::ranges::count_if(parts, [&](int other) { return other < part; }));
  }
  return result;
}

Symbol Assembler::reduced(Reduction how, const Symbol& x, const std::set<int>& parts) {
  const bool is_image = x.shape().rank() == 3 && parts == std::set<int>{1, 2};
  if (is_image && how == Reduction::mean) return call("GlobalAveragePooling2D", object(), {x});
  if (is_image && how == Reduction::max) return call("GlobalMaxPooling2D", object(), {x});
  const bool is_row = x.shape().rank() == 2 && parts == std::set<int>{1};
  if (is_row && how == Reduction::mean) return call("GlobalAveragePooling1D", object(), {x});
  Config axes(Config::List{});
  for (const int part : parts) axes.append(part);
  const char* class_name = how == Reduction::mean  ? "Mean"
                           : how == Reduction::sum ? "Sum"
                           : how == Reduction::max ? "Max"
                                                   : "Min";
  // Over all of a sample one number is left, and its axes, since a value has some.
  const bool keeps = std::ssize(parts) == x.shape().rank();
  return call(class_name, object().set("axis", axes).set("keepdims", keeps), {x});
}

}  // namespace thaw::foreign
