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

/// size·f(x/size), for an activation that has a setting by which it only grows.
Results grown(const OperatorCall& call, const std::string& activation, double size) {
  const auto times = [&](const Symbol& x, double factor) {
    return call.call("Rescaling", object().set("scale", factor), {x});
  };
  const Symbol y =
      call.call("Activation", object().set("activation", activation), {times(call.x(), 1 / size)});
  return {times(y, size)};
}

/// max(0, x) + min(0, alpha·(exp(x/alpha) − 1)), which has a name for alpha = 1.
Results celu(const OperatorCall& call) {
  const double alpha = call.number(OperatorCall::no_place, {"alpha"}).value_or(1);
  if (alpha == 1) return {call.call("Activation", object().set("activation", "celu"), {call.x()})};
  if (!(alpha > 0)) throw Error(fmt::format("expected an alpha above 0, received {}", alpha));
  return grown(call, "celu", alpha);
}

/// Those of Keras's names have its threshold of 0.5.
Results shrink(const OperatorCall& call) {
  const double threshold = call.number(OperatorCall::no_place, {"threshold"}).value_or(0.5);
  if (threshold == 0.5) return named(call);
  if (!(threshold > 0))
    throw Error(fmt::format("expected a threshold above 0, received {}", threshold));
  return grown(call, call.word(), threshold / 0.5);
}

Results softmax(const OperatorCall& call) {
  const int64_t axis = call.integer(1, {"axis", "dim"}).value_or(-1);
  return {call.call("Softmax", object().set("axis", axis), {call.x()})};
}

Results log_softmax(const OperatorCall& call) {
  const int64_t axis = call.integer(1, {"axis", "dim"}).value_or(-1);
  const Symbol x = call.x();
  const int at = axis_of(axis, x.shape());
  const auto of_last = [&](const Symbol& of) {
    return call.call("Activation", object().set("activation", "log_softmax"), {of});
  };
  if (at == x.shape().rank() - 1) return {of_last(x)};
  Config order(Config::List{});  // with that axis and the last exchanged
  for (int i = 0; i < x.shape().rank(); ++i)
    order.append(1 + (i == at ? x.shape().rank() - 1 : i == x.shape().rank() - 1 ? at : i));
  const Config exchange = object().set("dims", order);
  return {call.call("Permute", exchange, {of_last(call.call("Permute", exchange, {x}))})};
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
