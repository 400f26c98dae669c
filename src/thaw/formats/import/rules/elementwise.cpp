// Operations that compute number by number, and mean the same in every dialect.
#include "thaw/formats/import/rule.h"

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

Config object() { return Config(Config::Map{}); }

/// One that goes by Keras's name of it.
Values named(const RuleCall& call) { return {call.make.activation(call.input(0), call.word())}; }

Values two(const RuleCall& call) {
  static const std::map<std::string_view, Binary> by_word = {
      {"add", Binary::add},       {"subtract", Binary::subtract}, {"multiply", Binary::multiply},
      {"divide", Binary::divide}, {"maximum", Binary::maximum},   {"minimum", Binary::minimum},
      {"power", Binary::power},
  };
  const Binary how = by_word.at(call.word());
  Value result = call.input(0);
  // ONNX's Max, Min and Sum take any number.
  if (call.input_count() == 1) return {result};
  for (size_t place = 1; place < call.input_count(); ++place)
    result = call.make.binary(how, result, call.input(place));
  return {result};
}

/// Of known numbers by their own function, of others a layer with these settings.
Values layer(const RuleCall& call, std::string_view function, std::string_view class_name,
             const Config& config) {
  const Value& x = call.input(0);
  if (x.is_known())
    return {Assembler::known(folding::map(x.constant->array, folding::function(function)))};
  return {call.make.elementwise(x, class_name, config)};
}

Values square_root(const RuleCall& call) {
  return layer(call, "sqrt", "Power", object().set("exponent", 0.5));
}

Values square(const RuleCall& call) {
  return {call.make.binary(Binary::power, call.input(0), Assembler::known(Array::scalar(2.0F)))};
}

Values inverse(const RuleCall& call, const Value& x) {
  return {call.make.binary(Binary::divide, Assembler::known(Array::scalar(1.0F)), x)};
}

Values reciprocal(const RuleCall& call) { return inverse(call, call.input(0)); }

Values inverse_square_root(const RuleCall& call) {
  const Value& x = call.input(0);
  if (x.is_known()) return inverse(call, square_root(call)[0]);
  return {call.make.elementwise(x, "Power", object().set("exponent", -0.5))};
}

Values negative(const RuleCall& call) {
  const Value& x = call.input(0);
  if (x.is_known() && x.constant->array.is_integer()) {
    return {call.make.binary(Binary::multiply, x, Assembler::known(Array::scalar(int64_t{-1})))};
  }
  return {call.make.binary(Binary::multiply, x, Assembler::known(Array::scalar(-1.0F)))};
}

Values absolute(const RuleCall& call) { return layer(call, "abs", "Absolute", object()); }
Values logarithm(const RuleCall& call) { return layer(call, "log", "Log", object()); }
Values sign(const RuleCall& call) { return layer(call, "sign", "Sign", object()); }
Values floor(const RuleCall& call) { return layer(call, "floor", "Floor", object()); }
/// Of what is known alone: no layer does it.
Values known_alone(const RuleCall& call) {
  return {
      Assembler::known(folding::map(call.known(0, "a number"), folding::function(call.word())))};
}
Values round(const RuleCall& call) { return layer(call, "round", "Round", object()); }

Values squared_difference(const RuleCall& call) {
  const Value difference = call.make.binary(Binary::subtract, call.input(0), call.input(1));
  return {call.make.binary(Binary::power, difference, Assembler::known(Array::scalar(2.0F)))};
}

Values unchanged(const RuleCall& call) { return {call.input(0)}; }

constexpr Rule rules[] = {
    {"Relu", &named, "relu"},
    {"Relu6", &named, "relu6"},
    {"Sigmoid", &named, "sigmoid"},
    {"Tanh", &named, "tanh"},
    {"Exp", &named, "exponential"},
    {"Softplus", &named, "softplus"},
    {"Softsign", &named, "softsign"},
    {"Mish", &named, "mish"},
    {"HardSwish", &named, "hard_silu"},
    {"Erf", &named, "erf"},
    {"Add", &two, "add", true},
    {"Sub", &two, "subtract", true},
    {"Mul", &two, "multiply", true},
    {"Div", &two, "divide", true},
    {"Max", &two, "maximum", true},
    {"Min", &two, "minimum", true},
    {"Pow", &two, "power", true},
    {"Sqrt", &square_root},
    {"Rsqrt", &inverse_square_root},
    {"Square", &square},
    {"SquaredDifference", &squared_difference},
    {"Reciprocal", &reciprocal},
    {"Neg", &negative},
    {"Abs", &absolute},
    {"Log", &logarithm},
    {"Sign", &sign},
    {"Floor", &floor},
    {"Round", &round},
    {"Ceil", &known_alone, "ceil"},
    {"Cos", &known_alone, "cos"},
    {"Sin", &known_alone, "sin"},
    {"Identity", &unchanged},
};

}  // namespace

namespace rule_families {
extern const RuleFamily elementwise;
const RuleFamily elementwise{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
