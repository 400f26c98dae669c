// Operators that round, compare and choose. What is true is 1 here, what is false 0.
#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operands.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;

Config object() { return Config(Config::Map{}); }

Symbol layer(const OperatorCall& call, const char* kind, const Symbol& x) {
  return call.call(kind, object(), {x});
}

Symbol times(const OperatorCall& call, const Symbol& x, const Symbol& y) {
  return call.call("Multiply", object(), {x, y});
}

/// 1 − x
Symbol opposite(const OperatorCall& call, const Symbol& x) { return rescale(call, x, {-1}, {1}); }

/// x − y of an operator's operands.
Symbol difference(const OperatorCall& call) {
  Operands is = operands(call);
  if (is.y) return call.call("Subtract", object(), {is.x, *is.y});
  if (!is.numbers_first) is.values = negated(is.values);
  if (is.numbers_first) is.x = rescale(call, is.x, {-1}, {0});
  return plus_numbers(call, is);
}

/// The sign of x − y: -1, 0, 1.
Symbol order(const OperatorCall& call) { return layer(call, "Sign", difference(call)); }

Results greater(const OperatorCall& call) { return {layer(call, "ReLU", order(call))}; }
Results less(const OperatorCall& call) {
  return {layer(call, "ReLU", rescale(call, order(call), {-1}, {0}))};
}
Results greater_equal(const OperatorCall& call) { return {opposite(call, less(call)[0])}; }
Results less_equal(const OperatorCall& call) { return {opposite(call, greater(call)[0])}; }
Results not_equal(const OperatorCall& call) { return {layer(call, "Absolute", order(call))}; }
Results equal(const OperatorCall& call) { return {opposite(call, not_equal(call)[0])}; }

/// 1 of every number but 0.
Symbol truth(const OperatorCall& call, const Symbol& x) {
  return layer(call, "Absolute", layer(call, "Sign", x));
}

Results logical_not(const OperatorCall& call) { return {opposite(call, truth(call, call.x()))}; }

/// The two tensors of a logical operator.
std::pair<Symbol, Symbol> truths(const OperatorCall& call) {
  const Operands is = operands(call);
  if (!is.y) throw Error("expected two tensors of the model, received one");
  return {truth(call, is.x), truth(call, *is.y)};
}

Results logical_and(const OperatorCall& call) {
  const auto [x, y] = truths(call);
  return {times(call, x, y)};
}
Results logical_or(const OperatorCall& call) {
  const auto [x, y] = truths(call);
  return {call.call("Maximum", object(), {x, y})};
}

/// y = x where the condition holds, else z: c·x + (1 − c)·z, for numbers that are finite.
Results where(const OperatorCall& call) {
  const Symbol condition = truth(call, call.tensor(0, {"condition"}));
  const auto part = [&](const Symbol& chosen, const OperatorCall::Operand& value) {
    const Operands is = beside(call, chosen, value);
    return is.y ? times(call, *is.y, is.x) : times_numbers(call, is);
  };
  return {call.call("Add", object(),
                    {part(condition, call.operand(1, {"x1", "x"})),
                     part(opposite(call, condition), call.operand(2, {"x2", "y"}))})};
}

Results floor(const OperatorCall& call) { return {layer(call, "Floor", call.x())}; }
Results ceil(const OperatorCall& call) {
  return {rescale(call, layer(call, "Floor", rescale(call, call.x(), {-1}, {0})), {-1}, {0})};
}
Results sign(const OperatorCall& call) { return {layer(call, "Sign", call.x())}; }
Results stop_gradient(const OperatorCall& call) {
  return {layer(call, "StopGradient", call.tensor(0, {"variable", "input"}))};
}

Results round(const OperatorCall& call) {
  const int64_t decimals = call.integer(1, {"decimals"}).value_or(0);
  if (decimals == 0) return {layer(call, "Round", call.x())};
  if (decimals < 0 || decimals > 6)
    throw Error(fmt::format("expected 0 to 6 decimals, received {}", decimals));
  const auto factor = static_cast<float>(std::pow(10.0, static_cast<double>(decimals)));
  return {rescale(call, layer(call, "Round", rescale(call, call.x(), {factor}, {0})), {1 / factor},
                  {0})};
}

/// ⌊x/y⌋ of tensors or a number.
Symbol floored_quotient(const OperatorCall& call, const Operands& is) {
  if (!is.y && is.numbers_first) throw Error("expected a quotient of a tensor");
  const Symbol quotient = is.y ? times(call, is.x, power(call, *is.y, -1)) : over_numbers(call, is);
  return layer(call, "Floor", quotient);
}

Results floor_divide(const OperatorCall& call) { return {floored_quotient(call, operands(call))}; }

/// x − y·⌊x/y⌋
Results modulo(const OperatorCall& call) {
  Operands is = operands(call);
  const Symbol whole = floored_quotient(call, is);
  if (is.y) return {call.call("Subtract", object(), {is.x, times(call, *is.y, whole)})};
  const Symbol x = is.x;
  is.x = whole;
  return {call.call("Subtract", object(), {x, times_numbers(call, is)})};
}

constexpr Operator operators[] = {
    {"Greater", "math.greater", &greater},
    {"GreaterEqual", "math.greater_equal", &greater_equal},
    {"Less", "math.less", &less},
    {"LessEqual", "math.less_equal", &less_equal},
    {"Equal", "math.equal", &equal},
    {"NotEqual", "math.not_equal", &not_equal},
    {"", "__operators__.eq", &equal},
    {"", "__operators__.ne", &not_equal},
    {"LogicalAnd", "math.logical_and", &logical_and},
    {"LogicalOr", "math.logical_or", &logical_or},
    {"LogicalNot", "math.logical_not", &logical_not},
    {"", "__operators__.and", &logical_and},
    {"", "__operators__.or", &logical_or},
    {"", "__operators__.invert", &logical_not},
    {"Where", "where", &where},
    {"", "compat.v1.where", &where},
    {"Floor", "math.floor", &floor},
    {"", "floor", &floor},
    {"Ceil", "math.ceil", &ceil},
    {"Round", "math.round", &round},
    {"", "math.rint", &round},
    {"Sign", "math.sign", &sign},
    {"FloorDivide", "math.floordiv", &floor_divide},
    {"", "compat.v1.floor_div", &floor_divide},
    {"Mod", "math.floormod", &modulo},
    {"", "__operators__.mod", &modulo},
    {"StopGradient", "stop_gradient", &stop_gradient},
};

}  // namespace

std::span<const Operator> logic_operators() { return operators; }

}  // namespace thaw::keras
