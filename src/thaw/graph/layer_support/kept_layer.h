#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/refused_in_training.h"

namespace thaw::layers {

/// A layer that is y = x but in training, where it changes images in a way that is not computed
/// here: an executable of that phase is refused (see ops::RefusedInTraining). Its config is kept as
/// it was read, so that Keras has the layer again from what is written.
class KeptLayer final : public LayerDefinition {
 public:
  /// `trains_alike`: in training too y = x; what the layer adds is no part of the graph.
  KeptLayer(const LayerType& type, const Config& config, bool trains_alike)
      : type_(type), trains_alike_(trains_alike) {
    constexpr std::array<std::string_view, 3> of_every_layer = {"name", "trainable", "dtype"};
    for (const auto& [key, value] : config.as_map()) {
      if (key == "name" && value.is_string()) name_ = value.as_string();
      bool is_own = true;
      for (const std::string_view other : of_every_layer) is_own = is_own && key != other;
      if (is_own) config_.set(key, value);
    }
  }

  const LayerType& type() const override { return type_; }
  const std::string& given_name() const override { return name_; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 1)
      throw Error("expected one input, received " + std::to_string(inputs.size()));
    return inputs[0];
  }
  std::vector<WeightSpec> weights(std::span<const Shape>) const override { return {}; }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    if (trains_alike_ || context.phase == ops::Phase::inference) return inputs[0];
    return context.ops.refused_in_training(
        inputs[0], {.layer_class = std::string(type_.class_name), .phase = context.phase});
  }
  Config config() const override { return config_; }

 private:
  const LayerType& type_;
  bool trains_alike_;
  std::string name_;
  Config config_{Config::Map{}};
};

template <const LayerType& type, bool trains_alike = false>
std::unique_ptr<LayerDefinition> read_kept_layer(const Config& config) {
  return std::make_unique<KeptLayer>(type, config, trains_alike);
}

}  // namespace thaw::layers
