// Operators that are activations.
#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operator_call.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;

Config object() { return Config(Config::Map{}); }

/// One that goes by its name.
Results named(const OperatorCall& call) {
  return {call.call("Activation", object().set("activation", call.word()), {call.x()})};
}

/// Keras 2's backend writes all forms of the rectifier as one function with numbers.
Results rectifier(const OperatorCall& call) {
  const auto highest = call.number(OperatorCall::no_place, {"max_value"});
  return {call.call(
      "ReLU",
      object()
          .set("max_value", highest ? Config(*highest) : Config())
          .set("negative_slope",
               call.number(OperatorCall::no_place, {"negative_slope", "alpha"}).value_or(0))
          .set("threshold", call.number(OperatorCall::no_place, {"threshold"}).value_or(0)),
      {call.x()})};
}

Results leaky(const OperatorCall& call) {
  const double slope = call.number(1, {"alpha", "negative_slope"}).value_or(0.2);
  return {call.call("LeakyReLU", object().set("negative_slope", slope), {call.x()})};
}

Results elu(const OperatorCall& call) {
  const double alpha = call.number(OperatorCall::no_place, {"alpha"}).value_or(1);
  return {call.call("ELU", object().set("alpha", alpha), {call.x()})};
}

/// Keras 3's is the approximation by tanh unless it says otherwise, TensorFlow's is exact.
Results gelu(const OperatorCall& call) {
  const Config* approximate = call.find(1, {"approximate"});
  const bool by_tanh = approximate != nullptr ? call.flag({"approximate"}, 1)
                                              : std::string_view(call.word()) == "approximate";
  if (by_tanh) return {call.call("Gelu", object().set("approximate", true), {call.x()})};
  return {call.call("Activation", object().set("activation", "gelu"), {call.x()})};
}

/// max(0, x) + min(0, alpha·(exp(x/alpha) − 1)), which has a name for alpha = 1.
Results celu(const OperatorCall& call) {
  const double alpha = call.number(OperatorCall::no_place, {"alpha"}).value_or(1);
  if (alpha != 1) throw Error(fmt::format("expected an alpha of 1, received {}", alpha));
  return {call.call("Activation", object().set("activation", "celu"), {call.x()})};
}

/// Of a threshold that is not Keras's own, no layer is known.
Results shrink(const OperatorCall& call) {
  const double threshold = call.number(OperatorCall::no_place, {"threshold"}).value_or(0.5);
  if (threshold != 0.5)
    throw Error(fmt::format("expected a threshold of 0.5, received {}", threshold));
  return named(call);
}

Results softmax(const OperatorCall& call) {
  const int64_t axis = call.integer(1, {"axis", "dim"}).value_or(-1);
  return {call.call("Softmax", object().set("axis", axis), {call.x()})};
}

Results log_softmax(const OperatorCall& call) {
  const int64_t axis = call.integer(1, {"axis", "dim"}).value_or(-1);
  const Symbol x = call.x();
  if (axis_of(axis, x.shape()) != x.shape().rank() - 1)
    throw Error(fmt::format("expected the last axis (-1), received {}", axis));
  return {call.call("Activation", object().set("activation", "log_softmax"), {x})};
}

constexpr Operator operators[] = {
    {"Relu", "nn.relu", &named, "relu"},
    {"", "keras.backend.relu", &rectifier},
    {"", "keras.activations.relu", &rectifier},
    {"Relu6", "nn.relu6", &named, "relu6"},
    {"LeakyRelu", "nn.leaky_relu", &leaky},
    {"Silu", "nn.silu", &named, "silu"},
    {"", "nn.swish", &named, "silu"},
    {"HardSilu", "", &named, "hard_silu"},
    {"Gelu", "", &gelu, "approximate"},
    {"", "nn.gelu", &gelu, "exact"},
    {"Sigmoid", "math.sigmoid", &named, "sigmoid"},
    {"", "nn.sigmoid", &named, "sigmoid"},
    {"HardSigmoid", "", &named, "hard_sigmoid"},
    {"LogSigmoid", "math.log_sigmoid", &named, "log_sigmoid"},
    {"Tanh", "math.tanh", &named, "tanh"},
    {"", "nn.tanh", &named, "tanh"},
    {"HardTanh", "", &named, "hard_tanh"},
    {"TanhShrink", "", &named, "tanh_shrink"},
    {"SoftShrink", "", &shrink, "soft_shrink"},
    {"HardShrink", "", &shrink, "hard_shrink"},
    {"Elu", "nn.elu", &elu},
    {"Selu", "nn.selu", &named, "selu"},
    {"Celu", "", &celu},
    {"Mish", "", &named, "mish"},
    {"Softplus", "math.softplus", &named, "softplus"},
    {"", "nn.softplus", &named, "softplus"},
    {"Softsign", "nn.softsign", &named, "softsign"},
    {"", "math.softsign", &named, "softsign"},
    {"Squareplus", "", &named, "squareplus"},
    {"Exp", "math.exp", &named, "exponential"},
    {"Softmax", "nn.softmax", &softmax},
    {"", "compat.v1.nn.softmax", &softmax},
    {"LogSoftmax", "nn.log_softmax", &log_softmax},
};

}  // namespace

std::span<const Operator> activation_operators() { return operators; }

}  // namespace thaw::keras
