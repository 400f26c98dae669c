// Operators that compute number by number: + − · /, maximum, powers, clipping.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operator_call.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;
using Values = std::vector<float>;

Config object() { return Config(Config::Map{}); }

Config list_of(const Values& values) {
  Config result(Config::List{});
  for (const float value : values) result.append(static_cast<double>(value));
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

/// The array's sizes without ones in front.
std::vector<int64_t> own_sizes(const Numbers& numbers) {
  const auto sizes = numbers.shape.sizes();
  const auto first = std::ranges::find_if(sizes, [](int64_t size) { return size != 1; });
  return {first, sizes.end()};
}

bool is_one_a_pixel(const Numbers& numbers, const Shape& shape) {
  const auto sizes = own_sizes(numbers);
  return shape.rank() > 1 && std::ranges::equal(sizes, shape.sizes());
}

/// Lists of lists of the array's numbers, in x's shape.
Config nested(const Shape& shape, const Values& values, int depth, size_t& at) {
  if (depth == shape.rank()) return static_cast<double>(values[at++]);
  Config result(Config::List{});
  for (int64_t i = 0; i < shape[depth]; ++i) result.append(nested(shape, values, depth + 1, at));
  return result;
}

/// (x − mean)/√variance with a number of both for each place.
Symbol by_place(const OperatorCall& call, const Symbol& x, const Values& mean,
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

/// One number for all, or one a channel: all that arithmetic with a tensor of `shape` takes.
Values by_channel(const Numbers& numbers, const Shape& shape) {
  const Shape& own = numbers.shape;
  const bool one_a_channel = own.rank() > 0 && own.rank() <= shape.rank() + 1 &&
                             own.elements() == own.last() &&
                             (own.last() == shape.last() || shape.last() == 1);
  if (numbers.values.size() == 1 || one_a_channel) return numbers.values;
  throw Error(
      fmt::format("expected one number or one a channel ({}), received an array of shape {}; an "
                  "array of another shape is not known here",
                  shape.last(), own.to_string()));
}

/// A grey x beside three numbers becomes an image of three channels.
Symbol spread(const OperatorCall& call, const Symbol& x, const Values& values) {
  if (values.size() == 1 || x.shape().last() == static_cast<int64_t>(values.size())) return x;
  return call.call("Concatenate", object().set("axis", -1), Results(values.size(), x));
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

float only(const Values& values, const char* what) {
  for (const float value : values) {
    if (value != values[0])
      throw Error(
          fmt::format("expected {} one number, received {} that differ", what, values.size()));
  }
  return values[0];
}

/// The operands of x ∘ y: two tensors, or a tensor and numbers on either side.
struct Operands {
  Symbol x;
  std::optional<Symbol> y;
  Values values;
  bool numbers_first = false;
  bool by_place = false;  ///< as many numbers as x has
};

Operands operands(const OperatorCall& call) {
  const auto first = call.operand(0, {"x", "x1", "value"});
  const auto second = call.operand(1, {"y", "x2", "bias"});
  const auto* x = std::get_if<Symbol>(&first);
  const auto* y = std::get_if<Symbol>(&second);
  if (x != nullptr && y != nullptr) return {*x, *y, {}, false};
  if (x == nullptr && y == nullptr)
    throw Error("expected a tensor of the model on one side at least");
  Operands result{x != nullptr ? *x : *y, std::nullopt, {}, x == nullptr};
  const Numbers& numbers = std::get<Numbers>(x != nullptr ? second : first);
  if (is_one_a_pixel(numbers, result.x.shape())) {
    result.values = numbers.values;
    result.by_place = true;
    return result;
  }
  result.values = by_channel(numbers, result.x.shape());
  result.x = spread(call, result.x, result.values);
  return result;
}

/// x + a, for an a of one number a place.
Symbol shifted(const OperatorCall& call, const Symbol& x, const Values& a) {
  return by_place(call, x, negated(a), Values(a.size(), 1));
}

/// x/a, for numbers above 0: Normalization divides by roots.
Symbol divided(const OperatorCall& call, const Symbol& x, const Values& a) {
  Values squares;
  for (const float number : a) {
    if (!(number > 0)) throw Error("expected an array of numbers above 0, one a pixel");
    squares.push_back(number * number);
  }
  return by_place(call, x, Values(a.size(), 0), squares);
}

Results add(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Add", object(), {is.x, *is.y})};
  if (is.by_place) return {shifted(call, is.x, is.values)};
  return {rescale(call, is.x, {1}, is.values)};
}

Results subtract(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Subtract", object(), {is.x, *is.y})};
  if (is.by_place) {
    const Symbol difference = shifted(call, is.x, negated(is.values));
    return {is.numbers_first ? rescale(call, difference, {-1}, {0}) : difference};
  }
  return {is.numbers_first ? rescale(call, is.x, {-1}, is.values)
                           : rescale(call, is.x, {1}, negated(is.values))};
}

Results multiply(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Multiply", object(), {is.x, *is.y})};
  if (is.by_place) return {divided(call, is.x, inverted(is.values))};
  return {rescale(call, is.x, is.values, {0})};
}

Results divide(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Multiply", object(), {is.x, power(call, *is.y, -1)})};
  if (is.by_place && !is.numbers_first) return {divided(call, is.x, is.values)};
  if (is.by_place) throw Error("expected no quotient of an array of one number a pixel");
  if (is.numbers_first) return {rescale(call, power(call, is.x, -1), is.values, {0})};
  return {rescale(call, is.x, inverted(is.values), {0})};
}

Results maximum(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Maximum", object(), {is.x, *is.y})};
  const float lowest = only(is.values, "a maximum with");
  if (lowest == 0) return {call.call("ReLU", object(), {is.x})};
  return {clip(call, is.x, double{lowest}, double{std::numeric_limits<float>::max()})};
}

Results minimum(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Minimum", object(), {is.x, *is.y})};
  const float highest = only(is.values, "a minimum with");
  return {clip(call, is.x, double{std::numeric_limits<float>::lowest()}, double{highest})};
}

Results raise(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) throw Error("expected a power by a number, received one of a tensor by a tensor");
  const float number = only(is.values, "a power by");
  if (!is.numbers_first) return {power(call, is.x, double{number})};
  if (number <= 0) throw Error(fmt::format("expected a base above 0, received {}", number));
  // nˣ = exp(x·ln n)
  const auto logarithm = static_cast<float>(std::log(double{number}));
  return {call.call("Activation", object().set("activation", "exponential"),
                    {rescale(call, is.x, {logarithm}, {0})})};
}

Results squared_difference(const OperatorCall& call) { return {power(call, subtract(call)[0], 2)}; }

Results negative(const OperatorCall& call) { return {rescale(call, call.x(), {-1}, {0})}; }
Results absolute(const OperatorCall& call) { return {call.call("Absolute", object(), {call.x()})}; }
Results logarithm(const OperatorCall& call) { return {call.call("Log", object(), {call.x()})}; }
/// ln(1 + x), eˣ − 1
Results log_of_one_more(const OperatorCall& call) {
  return {call.call("Log", object(), {rescale(call, call.x(), {1}, {1})})};
}
Results exp_less_one(const OperatorCall& call) {
  const Symbol exponential =
      call.call("Activation", object().set("activation", "exponential"), {call.x()});
  return {rescale(call, exponential, {1}, {-1})};
}
Results square(const OperatorCall& call) { return {power(call, call.x(), 2)}; }
Results square_root(const OperatorCall& call) { return {power(call, call.x(), 0.5)}; }
Results inverse_square_root(const OperatorCall& call) { return {power(call, call.x(), -0.5)}; }
Results reciprocal(const OperatorCall& call) { return {power(call, call.x(), -1)}; }

Results clipped(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"t", "x"});
  const auto lowest = call.number(1, {"clip_value_min", "x_min", "min_value"});
  const auto highest = call.number(2, {"clip_value_max", "x_max", "max_value"});
  constexpr double all = std::numeric_limits<float>::max();
  return {clip(call, x, lowest.value_or(-all), highest.value_or(all))};
}

Results sum_of_all(const OperatorCall& call) {
  const Results all = call.tensors(0, {"inputs", "x"});
  return {all.size() == 1 ? all[0] : call.call("Add", object(), all)};
}

/// To a type of whole numbers a cast rounds; between those of real numbers it changes nothing here,
/// where all is float32.
Results cast(const OperatorCall& call) {
  const Config* type = call.find(1, {"dtype"});
  const std::string name = type == nullptr     ? ""
                           : type->is_string() ? type->as_string()
                                               : type->to_string();
  for (const char* known : {"float", "half", "double"})
    if (name.find(known) != std::string::npos) return {call.x()};
  throw Error(fmt::format("expected a cast to a type of real numbers, received {}",
                          name.empty() ? "none" : name));
}

Results unchanged(const OperatorCall& call) { return {call.x()}; }

constexpr Operator operators[] = {
    {"Add", "__operators__.add", &add},
    {"", "math.add", &add},
    {"", "nn.bias_add", &add},
    {"", "__operators__.radd", &add},
    {"Subtract", "math.subtract", &subtract},
    {"", "__operators__.sub", &subtract},
    {"Multiply", "math.multiply", &multiply},
    {"", "__operators__.mul", &multiply},
    {"Divide", "math.divide", &divide},
    {"TrueDivide", "math.truediv", &divide},
    {"", "__operators__.truediv", &divide},
    {"", "realdiv", &divide},
    {"", "compat.v1.div", &divide},
    {"Maximum", "math.maximum", &maximum},
    {"Minimum", "math.minimum", &minimum},
    {"Power", "math.pow", &raise},
    {"", "__operators__.pow", &raise},
    {"", "math.squared_difference", &squared_difference},
    {"Negative", "math.negative", &negative},
    {"", "__operators__.neg", &negative},
    {"Absolute", "math.abs", &absolute},
    {"Abs", "__operators__.abs", &absolute},
    {"Log", "math.log", &logarithm},
    {"Log1p", "math.log1p", &log_of_one_more},
    {"Expm1", "math.expm1", &exp_less_one},
    {"Square", "math.square", &square},
    {"Sqrt", "math.sqrt", &square_root},
    {"Rsqrt", "math.rsqrt", &inverse_square_root},
    {"Reciprocal", "math.reciprocal", &reciprocal},
    {"Clip", "clip_by_value", &clipped},
    {"", "math.add_n", &sum_of_all},
    {"Cast", "cast", &cast},
    {"", "compat.v1.to_float", &unchanged},
    {"Copy", "identity", &unchanged},
    {"", "convert_to_tensor", &unchanged},
    {"ConvertToTensor", "", &unchanged},
};

}  // namespace

std::span<const Operator> arithmetic_operators() { return operators; }

}  // namespace thaw::keras
