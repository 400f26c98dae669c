#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/layer_type.h"

namespace thaw::layers {

/// A layer's config without what every layer has: name, trainable, dtype.
inline Config own_config(const Config& config) {
  constexpr std::array<std::string_view, 3> of_every_layer = {"name", "trainable", "dtype"};
  Config own{Config::Map{}};
  for (const auto& [key, value] : config.as_map()) {
    bool is_own = true;
    for (const std::string_view other : of_every_layer) is_own = is_own && key != other;
    if (is_own) own.set(key, value);
  }
  return own;
}

/// A layer that is y = x in a network: what it adds is no part of one. Its config is kept as it was
/// read, so that Keras has the layer again from what is written.
class KeptLayer final : public LayerDefinition {
 public:
  KeptLayer(const LayerType& type, const Config& config)
      : type_(type), config_(own_config(config)) {
    const Config* name = config.find("name");
    if (name != nullptr && name->is_string()) name_ = name->as_string();
  }

  const LayerType& type() const override { return type_; }
  const std::string& given_name() const override { return name_; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 1)
      throw Error("expected one input, received " + std::to_string(inputs.size()));
    return inputs[0];
  }
  std::vector<WeightSpec> weights(std::span<const Shape>) const override { return {}; }
  ops::Value lower(const LowerContext&, std::span<const ops::Value> inputs) const override {
    return inputs[0];
  }
  Config config() const override { return config_; }

 private:
  const LayerType& type_;
  std::string name_;
  Config config_;
};

template <const LayerType& type>
std::unique_ptr<LayerDefinition> read_kept_layer(const Config& config) {
  return std::make_unique<KeptLayer>(type, config);
}

}  // namespace thaw::layers
