#include "thaw/ops/activation.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/core/fields.h"

namespace thaw {
namespace {

using Kind = Activation::Kind;
// Where two names mean the same, the first is the one that is written.
constexpr auto names = std::to_array<std::pair<std::string_view, Kind>>({
    {"linear", Kind::linear},
    {"relu", Kind::relu},
    {"sigmoid", Kind::sigmoid},
    {"tanh", Kind::tanh},
    {"softmax", Kind::softmax},
    {"elu", Kind::elu},
    {"selu", Kind::selu},
    {"softplus", Kind::softplus},
    {"softsign", Kind::softsign},
    {"silu", Kind::silu},
    {"swish", Kind::silu},
    {"gelu", Kind::gelu},
    {"exponential", Kind::exponential},
    {"hard_sigmoid", Kind::hard_sigmoid},
    {"hard_silu", Kind::hard_silu},
    {"hard_swish", Kind::hard_silu},
    {"hard_tanh", Kind::hard_tanh},
    {"mish", Kind::mish},
    {"celu", Kind::celu},
    {"log_sigmoid", Kind::log_sigmoid},
    {"tanh_shrink", Kind::tanh_shrink},
    {"soft_shrink", Kind::soft_shrink},
    {"hard_shrink", Kind::hard_shrink},
    {"squareplus", Kind::squareplus},
    {"log_softmax", Kind::log_softmax},
    // As TensorFlow calls its own functions.
    {"softmax_v2", Kind::softmax},
    {"log_softmax_v2", Kind::log_softmax},
    {"exp", Kind::exponential},
});

}  // namespace

Activation::Activation(std::string_view name) {
  if (name == "relu6") {
    kind = Kind::relu;
    max_value = 6.0F;
    return;
  }
  if (name == "leaky_relu") {
    kind = Kind::relu;
    negative_slope = 0.2F;
    return;
  }
  std::string known = "relu6, leaky_relu";
  for (const auto& [candidate, candidate_kind] : names) {
    if (candidate == name) {
      kind = candidate_kind;
      if (kind == Kind::elu) negative_slope = 1.0F;
      return;
    }
    known += ", ";
    known += candidate;
  }
  throw UsageError(fmt::format("expected an activation among {}; received \"{}\"", known, name));
}

std::string Activation::name() const {
  for (const std::string_view candidate : {"relu6", "leaky_relu"})
    if (*this == Activation(candidate)) return std::string(candidate);
  for (const auto& [candidate, candidate_kind] : names)
    if (candidate_kind == kind && *this == Activation(candidate)) return std::string(candidate);
  return {};
}

Activation Activation::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (!config.is_map()) return Activation(config.as_string());
  const Config* inner = config.find("config");
  if (inner != nullptr && inner->is_string()) return Activation(inner->as_string());
  const std::string& layer = config.at("class_name").as_string();
  if (layer != "ReLU" && layer != "LeakyReLU" && layer != "ELU")
    return Activation(layer == "Softmax" ? "softmax" : layer);
  Activation relu = layer == "ELU" ? Kind::elu : Kind::relu;
  if (layer == "ELU") relu.negative_slope = 1.0F;
  if (layer == "LeakyReLU") relu.negative_slope = 0.3F;
  if (inner == nullptr) return relu;
  const fields::Reader reader(*inner);
  if (layer != "ReLU") reader("alpha", relu.negative_slope);
  std::optional<float> limit;
  reader("max_value", limit);
  if (limit) relu.max_value = *limit;
  reader("negative_slope", relu.negative_slope);
  reader("threshold", relu.threshold);
  return relu;
}

Config Activation::to_config() const {
  if (const std::string word = name(); !word.empty()) return word;
  if (kind != Kind::relu) throw Error("an activation with such numbers has no name in Keras");
  Config numbers;
  numbers.set("max_value", std::isinf(max_value) ? Config() : fields::write(max_value))
      .set("negative_slope", fields::write(negative_slope))
      .set("threshold", fields::write(threshold));
  Config layer;
  layer.set("module", "keras.layers")
      .set("class_name", "ReLU")
      .set("config", std::move(numbers))
      .set("registered_name", Config());
  return layer;
}

}  // namespace thaw
