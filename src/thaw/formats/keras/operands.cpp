#include "thaw/formats/keras/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

using Values = std::vector<float>;

Config object() { return Config(Config::Map{}); }

Config list_of(const Values& values) {
  Config result(Config::List{});
  for (const float value : values) result.append(static_cast<double>(value));
  return result;
}

/// The array's sizes without ones in front.
std::vector<int64_t> own_sizes(const Numbers& numbers) {
  const auto sizes = numbers.shape.sizes();
  const auto first = std::ranges::find_if(sizes, [](int64_t size) { return size != 1; });
  return {first, sizes.end()};
}

/// The array with its sizes of 1 repeated to one number a place of `shape`; nullopt where it does
/// not fit.
std::optional<Values> by_place(const Numbers& numbers, const Shape& shape) {
  std::vector<int64_t> sizes = own_sizes(numbers);
  if (shape.rank() < 2 || std::ssize(sizes) > shape.rank()) return std::nullopt;
  sizes.insert(sizes.begin(), static_cast<size_t>(shape.rank()) - sizes.size(), 1);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t size = sizes[static_cast<size_t>(axis)];
    if (size != 1 && size != shape[axis]) return std::nullopt;
  }
  Values result;
  result.reserve(static_cast<size_t>(shape.elements()));
  for (int64_t place = 0; place < shape.elements(); ++place) {
    int64_t rest = place;
    int64_t from = 0;
    int64_t stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const int64_t size = sizes[static_cast<size_t>(axis)];
      from += size == 1 ? 0 : rest % shape[axis] * stride;
      rest /= shape[axis];
      stride *= size;
    }
    result.push_back(numbers.values[static_cast<size_t>(from)]);
  }
  return result;
}

bool is_one_or_one_a_channel(const Numbers& numbers, const Shape& shape) {
  const Shape& own = numbers.shape;
  return numbers.values.size() == 1 ||
         (own.rank() > 0 && own.rank() <= shape.rank() + 1 && own.elements() == own.last() &&
          (own.last() == shape.last() || shape.last() == 1));
}

/// Lists of lists of the array's numbers, in x's shape.
Config nested(const Shape& shape, const Values& values, int depth, size_t& at) {
  if (depth == shape.rank()) return static_cast<double>(values[at++]);
  Config result(Config::List{});
  for (int64_t i = 0; i < shape[depth]; ++i) result.append(nested(shape, values, depth + 1, at));
  return result;
}

/// (x − mean)/√variance with a number of both for each place.
Symbol normalize(const OperatorCall& call, const Symbol& x, const Values& mean,
                 const Values& variance) {
  Config axes(Config::List{});
  for (int axis = 1; axis <= x.shape().rank(); ++axis) axes.append(axis);
  size_t at = 0;
  size_t at_variance = 0;
  return call.call("Normalization",
                   object()
                       .set("axis", axes)
                       .set("mean", nested(x.shape(), mean, 0, at))
                       .set("variance", nested(x.shape(), variance, 0, at_variance)),
                   {x});
}

/// x/a for an a of positive numbers, one a place: Normalization divides by roots.
Symbol over_positive(const OperatorCall& call, const Symbol& x, const Values& a) {
  Values squares;
  for (const float number : a) {
    if (!(number >= 1e-7F && number <= 1e15F))
      throw Error(
          fmt::format("expected a quotient by numbers of 1e-7 to 1e15, received {}", number));
    squares.push_back(number * number);
  }
  return normalize(call, x, Values(a.size(), 0), squares);
}

bool are_positive(const Values& values) {
  return std::ranges::all_of(values, [](float a) { return a > 0; });
}

/// A grey x beside three numbers becomes an image of three channels.
Symbol spread(const OperatorCall& call, const Symbol& x, const Values& values) {
  if (values.size() == 1 || x.shape().last() == static_cast<int64_t>(values.size())) return x;
  return call.call("Concatenate", object().set("axis", -1), std::vector<Symbol>(values.size(), x));
}

}  // namespace

Operands beside(const OperatorCall& call, const Symbol& x, const OperatorCall::Operand& y) {
  if (const auto* tensor = std::get_if<Symbol>(&y)) return {x, *tensor, {}};
  const Numbers& numbers = std::get<Numbers>(y);
  if (is_one_or_one_a_channel(numbers, x.shape()))
    return {spread(call, x, numbers.values), std::nullopt, numbers.values};
  if (auto values = by_place(numbers, x.shape()))
    return {.x = x, .y = {}, .values = std::move(*values), .by_place = true};
  throw Error(fmt::format(
      "expected one number, one a channel, or an array that fits {} without making it larger, "
      "received an array of shape {}",
      x.shape().to_string(), numbers.shape.to_string()));
}

Operands operands(const OperatorCall& call) {
  const auto first = call.operand(0, {"x", "x1", "value"});
  const auto second = call.operand(1, {"y", "x2", "bias"});
  if (const auto* x = std::get_if<Symbol>(&first)) return beside(call, *x, second);
  const auto* x = std::get_if<Symbol>(&second);
  if (x == nullptr) throw Error("expected a tensor of the model on one side at least");
  Operands result = beside(call, *x, first);
  result.numbers_first = true;
  return result;
}

Symbol rescale(const OperatorCall& call, const Symbol& x, const Values& scale,
               const Values& offset) {
  const auto write = [](const Values& values) {
    return values.size() == 1 ? Config(static_cast<double>(values[0])) : list_of(values);
  };
  return call.call("Rescaling", object().set("scale", write(scale)).set("offset", write(offset)),
                   {x});
}

Symbol power(const OperatorCall& call, const Symbol& x, double exponent) {
  return call.call("Power", object().set("exponent", exponent), {x});
}

Symbol clip(const OperatorCall& call, const Symbol& x, double lowest, double highest) {
  return call.call("Clip", object().set("x_min", lowest).set("x_max", highest), {x});
}

Symbol times_numbers(const OperatorCall& call, const Operands& of) {
  if (!of.by_place) return rescale(call, of.x, of.values, {0});
  if (are_positive(of.values)) return over_positive(call, of.x, inverted(of.values));
  // As the difference of two products with positive numbers: 2a − a, |a| − 2|a|, 1 − 1.
  Values more;
  Values less;
  for (const float a : of.values) {
    const float size = a == 0 ? 1.0F : std::abs(a);
    more.push_back(a > 0 ? 2 * size : size);
    less.push_back(a < 0 ? 2 * size : size);
  }
  return call.call(
      "Subtract", object(),
      {over_positive(call, of.x, inverted(more)), over_positive(call, of.x, inverted(less))});
}

Symbol over_numbers(const OperatorCall& call, const Operands& of) {
  if (of.by_place && are_positive(of.values)) return over_positive(call, of.x, of.values);
  Operands by = of;
  by.values = inverted(of.values);
  return times_numbers(call, by);
}

Symbol plus_numbers(const OperatorCall& call, const Operands& of) {
  if (!of.by_place) return rescale(call, of.x, {1}, of.values);
  return normalize(call, of.x, negated(of.values), Values(of.values.size(), 1));
}

Symbol as_tensor(const OperatorCall& call, const Operands& of) {
  if (!of.by_place) return rescale(call, of.x, {0}, of.values);
  Operands zeros = of;
  zeros.x = rescale(call, of.x, {0}, {0});
  return plus_numbers(call, zeros);
}

Values negated(Values values) {
  for (float& value : values) value = -value;
  return values;
}

Values inverted(const Values& values) {
  Values result;
  for (const float value : values) {
    if (value == 0) throw Error("expected a quotient by other numbers than 0");
    result.push_back(static_cast<float>(1.0 / double{value}));
  }
  return result;
}

bool are_equal(const Values& values) {
  return std::ranges::all_of(values, [&](float value) { return value == values[0]; });
}

}  // namespace thaw::keras
