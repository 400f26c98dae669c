// Operators that compute number by number: + − · /, maximum, powers, clipping.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operands.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;

Config object() { return Config(Config::Map{}); }

/// At most so many channels are taken apart and joined again.
constexpr size_t most_parts = 64;

/// Each channel of x by itself through `make`, for a list of one number a channel.
template <typename Make>
Symbol by_channel(const OperatorCall& call, const Operands& of, Make&& make) {
  if (of.by_place || of.values.size() > most_parts) {
    throw Error(fmt::format("expected one number or one a channel of at most {}, received {}",
                            most_parts, of.values.size()));
  }
  Results parts;
  for (size_t i = 0; i < of.values.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    const Config part =
        object()
            .set("class_name", "__slice__")
            .set("config", object().set("start", at).set("stop", at + 1).set("step", {}));
    const Config key =
        Config::List{object().set("class_name", "__ellipsis__").set("config", object()), part};
    parts.push_back(make(call.call("GetItem", object().set("key", key), {of.x}), of.values[i]));
  }
  return call.call("Concatenate", object().set("axis", -1), parts);
}

Results add(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Add", object(), {is.x, *is.y})};
  return {plus_numbers(call, is)};
}

Results subtract(const OperatorCall& call) {
  Operands is = operands(call);
  if (is.y) return {call.call("Subtract", object(), {is.x, *is.y})};
  if (is.numbers_first && !is.by_place) return {rescale(call, is.x, {-1}, is.values)};
  is.values = negated(is.values);
  const Symbol difference = plus_numbers(call, is);
  return {is.numbers_first ? rescale(call, difference, {-1}, {0}) : difference};
}

Results multiply(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Multiply", object(), {is.x, *is.y})};
  return {times_numbers(call, is)};
}

Symbol quotient(const OperatorCall& call, Operands of) {
  if (of.y) return call.call("Multiply", object(), {of.x, power(call, *of.y, -1)});
  if (!of.numbers_first) return over_numbers(call, of);
  of.x = power(call, of.x, -1);
  return times_numbers(call, of);
}

Results divide(const OperatorCall& call) { return {quotient(call, operands(call))}; }

Results maximum(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Maximum", object(), {is.x, *is.y})};
  if (!are_equal(is.values)) return {call.call("Maximum", object(), {is.x, as_tensor(call, is)})};
  const float lowest = is.values[0];
  if (lowest == 0) return {call.call("ReLU", object(), {is.x})};
  return {clip(call, is.x, double{lowest}, double{std::numeric_limits<float>::max()})};
}

Results minimum(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) return {call.call("Minimum", object(), {is.x, *is.y})};
  if (!are_equal(is.values)) return {call.call("Minimum", object(), {is.x, as_tensor(call, is)})};
  return {clip(call, is.x, double{std::numeric_limits<float>::lowest()}, double{is.values[0]})};
}

/// exp(x·ln base)
Symbol exponential(const OperatorCall& call, Operands of) {
  for (float& base : of.values) {
    if (!(base > 0)) throw Error(fmt::format("expected a base above 0, received {}", base));
    base = static_cast<float>(std::log(double{base}));
  }
  return call.call("Activation", object().set("activation", "exponential"),
                   {times_numbers(call, of)});
}

Results raise(const OperatorCall& call) {
  const Operands is = operands(call);
  if (is.y) throw Error("expected a power by a number, received one of a tensor by a tensor");
  if (is.numbers_first) return {exponential(call, is)};
  if (are_equal(is.values)) return {power(call, is.x, double{is.values[0]})};
  return {by_channel(
      call, is, [&](const Symbol& x, float exponent) { return power(call, x, double{exponent}); })};
}

/// 2ˣ
Results power_of_two(const OperatorCall& call) {
  return {exponential(call, {.x = call.x(), .y = {}, .values = {2}})};
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
/// ln x/ln base, by the operator's word.
Results logarithm_of_base(const OperatorCall& call) {
  const double base = std::string_view(call.word()) == "2" ? 2 : 10;
  const Symbol natural = call.call("Log", object(), {call.x()});
  return {rescale(call, natural, {static_cast<float>(1 / std::log(base))}, {0})};
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

/// float64 is computed in float32 here; bool is whether a number is another than 0. A cast to whole
/// numbers, or to fewer bits, would round what follows too.
Results cast(const OperatorCall& call) {
  const Config* type = call.find(1, {"dtype"});
  const std::string name = type == nullptr     ? ""
                           : type->is_string() ? type->as_string()
                                               : type->to_string();
  if (name == "bool") {
    return {call.call("Absolute", object(), {call.call("Sign", object(), {call.x()})})};
  }
  const bool keeps = name == "float" || name.find("float32") != std::string::npos ||
                     name.find("float64") != std::string::npos ||
                     name.find("double") != std::string::npos;
  if (keeps) return {call.x()};
  throw Error(fmt::format(
      "expected a cast to float32, float64 or bool, received {}: in that type what follows would "
      "be rounded, which is computed in float32 here",
      name.empty() ? "none" : name));
}

Results unchanged(const OperatorCall& call) { return {call.x()}; }

/// An array of x's shape, the same number everywhere.
Results filled(const OperatorCall& call) {
  const std::string_view word = call.word();
  const auto value =
      word == "full" ? call.number(1, {"fill_value"}) : std::optional(word == "ones" ? 1.0 : 0.0);
  if (!value) throw Error("expected a number as fill_value, received none");
  return {rescale(call, call.x(), {0}, {static_cast<float>(*value)})};
}

/// tf.math.scalar_mul: the number is named where the tensor stands first.
Results scalar_product(const OperatorCall& call) {
  const bool is_named = call.find({"scalar"}) != nullptr;
  const auto scalar = call.number(is_named ? OperatorCall::no_place : 0, {"scalar"});
  if (!scalar) throw Error("expected a scalar, received none");
  return {rescale(call, call.tensor(is_named ? 0 : 1, {"x"}), {static_cast<float>(*scalar)}, {0})};
}

/// Of two stacks of matrices, none of them transposed.
Results product_of_matrices(const OperatorCall& call) {
  return {
      call.call("Matmul", object(), {call.tensor(0, {"x1", "a"}), call.tensor(1, {"x2", "b"})})};
}

/// tf.ensure_shape only looks.
Results shaped_already(const OperatorCall& call) {
  (void)call.find(1, {"shape"});
  return {call.x()};
}

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
    {"Matmul", "linalg.matmul", &product_of_matrices},
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
    {"Exp2", "", &power_of_two},
    {"Log2", "", &logarithm_of_base, "2"},
    {"Log10", "", &logarithm_of_base, "10"},
    {"", "compat.v1.math.scalar_mul", &scalar_product},
    {"ZerosLike", "zeros_like", &filled, "zeros"},
    {"OnesLike", "ones_like", &filled, "ones"},
    {"FullLike", "", &filled, "full"},
    {"", "ensure_shape", &shaped_already},
    {"Copy", "identity", &unchanged},
    {"", "convert_to_tensor", &unchanged},
    {"ConvertToTensor", "", &unchanged},
};

}  // namespace

std::span<const Operator> arithmetic_operators() { return operators; }

}  // namespace thaw::keras
