// ONNX's activations, and operations that change nothing when a model only predicts.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Value number(double value) { return Assembler::known(Array::scalar(static_cast<float>(value))); }

Config setting(const char* name, Config value) {
  return Config(Config::Map{{name, std::move(value)}});
}

/// Whether two settings are one: files hold them as floats.
bool is_about(double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); }

std::vector<Value> gelu(const RuleCall& call) {
  const std::string how = call.text("approximate", "none");
  if (how != "none" && how != "tanh")
    throw Error(fmt::format("approximate: expected none or tanh, received {}", how));
  return {call.make.activation(call.input(0), "gelu", setting("approximate", how == "tanh"))};
}

/// com.microsoft: gelu(x + bias), exact or by tanh.
std::vector<Value> gelu_of_sum(const RuleCall& call) {
  const Value x = call.has_input(1) ? call.make.binary(Binary::add, call.input(0), call.input(1))
                                    : call.input(0);
  return {call.make.activation(x, "gelu", setting("approximate", call.word() == "tanh"))};
}

/// com.microsoft: x·sigmoid(alpha·x).
std::vector<Value> quick_gelu(const RuleCall& call) {
  const Value scaled =
      call.make.binary(Binary::multiply, call.input(0), number(call.number("alpha", 1.702)));
  return {
      call.make.binary(Binary::multiply, call.input(0), call.make.activation(scaled, "sigmoid"))};
}

/// x·sigmoid(alpha·x)
std::vector<Value> swish(const RuleCall& call) {
  const double alpha = call.number("alpha", 1);
  if (is_about(alpha, 1)) return {call.make.activation(call.input(0), "silu")};
  const Value scaled = call.make.binary(Binary::multiply, call.input(0), number(alpha));
  return {
      call.make.binary(Binary::multiply, call.input(0), call.make.activation(scaled, "sigmoid"))};
}

/// max(0, min(1, alpha·x + beta))
std::vector<Value> hard_sigmoid(const RuleCall& call) {
  const double alpha = call.number("alpha", 0.2);
  const double beta = call.number("beta", 0.5);
  if (is_about(alpha, 1.0 / 6) && is_about(beta, 0.5))
    return {call.make.activation(call.input(0), "hard_sigmoid")};
  const Value line = call.make.binary(
      Binary::add, call.make.binary(Binary::multiply, call.input(0), number(alpha)), number(beta));
  return {call.make.clip(line, 0, 1)};
}

std::vector<Value> elu(const RuleCall& call) {
  return {call.make.activation(call.input(0), "elu", setting("alpha", call.number("alpha", 1)))};
}

/// gamma·elu(x, alpha)
std::vector<Value> selu(const RuleCall& call) {
  const double alpha = call.number("alpha", 1.6732632423543772);
  const double gamma = call.number("gamma", 1.0507009873554805);
  if (is_about(alpha, 1.6732632423543772) && is_about(gamma, 1.0507009873554805))
    return {call.make.activation(call.input(0), "selu")};
  const Value y = call.make.activation(call.input(0), "elu", setting("alpha", alpha));
  return {call.make.binary(Binary::multiply, y, number(gamma))};
}

/// alpha·celu(x/alpha): max(0, x) + min(0, alpha·(exp(x/alpha) − 1))
std::vector<Value> celu(const RuleCall& call) {
  const double alpha = call.number("alpha", 1);
  if (!(alpha > 0)) throw Error(fmt::format("expected an alpha above 0, received {}", alpha));
  if (is_about(alpha, 1)) return {call.make.activation(call.input(0), "celu")};
  const Value x = call.make.binary(Binary::multiply, call.input(0), number(1 / alpha));
  return {call.make.binary(Binary::multiply, call.make.activation(x, "celu"), number(alpha))};
}

std::vector<Value> leaky_relu(const RuleCall& call) {
  return {call.make.activation(call.input(0), "leaky_relu",
                               setting("negative_slope", call.number("alpha", 0.01)))};
}

/// x where it is above alpha, 0 elsewhere.
std::vector<Value> thresholded_relu(const RuleCall& call) {
  return {
      call.make.elementwise(call.input(0), "ReLU", setting("threshold", call.number("alpha", 1)))};
}

std::vector<Value> prelu(const RuleCall& call) {
  return {call.make.prelu(call.input(0), call.input(1))};
}

double limit(const RuleCall& call, const char* attribute, size_t place, double otherwise) {
  if (call.find(attribute) != nullptr) return call.number(attribute, otherwise);
  const Array* known = call.known_or_null(place, attribute);
  return known == nullptr ? otherwise : known->number();
}

/// The lower limit wins where it is above the upper one. Attributes up to version 6, then inputs.
std::vector<Value> clip(const RuleCall& call) {
  // The ends of float32, which attributes have where nothing is meant.
  constexpr double largest = std::numeric_limits<float>::max();
  double lowest = limit(call, "min", 1, -infinity);
  double highest = limit(call, "max", 2, infinity);
  if (lowest <= -largest) lowest = -infinity;
  if (highest >= largest) highest = infinity;
  const Value& x = call.input(0);
  if (std::isinf(lowest) && std::isinf(highest)) return {x};
  if (std::isinf(highest)) {
    if (lowest == 0) return {call.make.activation(x, "relu")};
    return {call.make.binary(Binary::maximum, x, number(lowest))};
  }
  if (std::isinf(lowest)) return {call.make.binary(Binary::minimum, x, number(highest))};
  return {call.make.clip(x, lowest, highest)};
}

Value softmax_of(const RuleCall& call, const Value& x, int64_t axis) {
  return call.word() == "log" ? call.make.log_softmax(x, axis) : call.make.softmax(x, axis);
}

/// Before version 13 all axes from `axis` on were one.
std::vector<Value> softmax(const RuleCall& call) {
  const Value& x = call.input(0);
  if (call.opset() >= 13) return {softmax_of(call, x, call.integer("axis", -1))};
  const Shape shape = call.make.shape_of(x);
  const int axis = call.make.axis_of(x, call.integer("axis", 1));
  int64_t after = 1;
  for (int other = axis + 1; other < shape.rank(); ++other) after *= shape[other];
  if (after == 1) return {softmax_of(call, x, axis)};
  std::vector<int64_t> sizes(shape.sizes().begin(), shape.sizes().begin() + axis);
  sizes.push_back(after * shape[axis]);
  const Value y = softmax_of(call, call.make.reshape(x, std::move(sizes)), -1);
  return {call.make.reshape(y, {shape.sizes().begin(), shape.sizes().end()})};
}

/// Dropout, and what marks values for other programs: its second output, the mask, has no value.
std::vector<Value> unchanged(const RuleCall& call) {
  if (const Array* training = call.known_or_null(2, "training_mode"))
    if (training->integer() != 0)
      throw Error(
          "expected dropout that is off, received one that was exported while training: call "
          "model.eval() before exporting");
  return {call.input(0)};
}

constexpr Rule rules[] = {
    {"onnx:Celu", &celu},
    {"onnx:Clip", &clip},
    {"onnx:Dropout", &unchanged},
    {"onnx:Elu", &elu},
    {"onnx:Gelu", &gelu},
    {"onnx:HardSigmoid", &hard_sigmoid},
    {"onnx:LeakyRelu", &leaky_relu},
    {"onnx:LogSoftmax", &softmax, "log"},
    {"onnx:PRelu", &prelu},
    {"onnx:Selu", &selu},
    {"onnx:Softmax", &softmax},
    {"onnx:Swish", &swish},
    {"onnx:ThresholdedRelu", &thresholded_relu},
    {"onnx:com.microsoft.BiasGelu", &gelu_of_sum},
    {"onnx:com.microsoft.FastGelu", &gelu_of_sum, "tanh"},
    {"onnx:com.microsoft.Gelu", &gelu_of_sum},
    {"onnx:com.microsoft.QuickGelu", &quick_gelu},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_activations;
constinit const RuleFamily onnx_activations{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
