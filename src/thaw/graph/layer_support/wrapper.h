#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/layer_type.h"

namespace thaw::layers {

/// A layer around another one, whose entry is the config's "layer": it computes what that does. The
/// rest of the config is kept as it was read.
class Wrapper final : public LayerDefinition {
 public:
  /// `own_weights` are those that the wrapper adds, from the shape of the inner layer's first.
  Wrapper(const LayerType& type, const Config& config,
          std::vector<WeightSpec> (*own_weights)(const Shape& first))
      : type_(type), own_weights_(own_weights), entry_(config.at("layer")) {
    const std::string& class_name = entry_.at("class_name").as_string();
    const LayerType* inner = layer_types::find(class_name);
    if (inner == nullptr) throw Error("class " + class_name + " in it is not known");
    inner_ = with_context(class_name, [&] { return inner->from_config(entry_.at("config")); });
    for (const auto& [key, value] : config.as_map()) {
      if (key == "name" && value.is_string()) name_ = value.as_string();
      if (key != "name" && key != "trainable" && key != "dtype") config_.set(key, value);
    }
  }

  const LayerType& type() const override { return type_; }
  const std::string& given_name() const override { return name_; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    return inner_->output_shape(inputs);
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    std::vector<WeightSpec> all = inner_->weights(inputs);
    if (own_weights_ == nullptr || all.empty()) return all;
    for (WeightSpec& own : own_weights_(all[0].shape)) all.push_back(std::move(own));
    return all;
  }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    return inner_->lower(context, inputs);
  }
  Config config() const override { return config_; }
  const LayerDefinition& inner() const { return *inner_; }

 private:
  const LayerType& type_;
  std::vector<WeightSpec> (*own_weights_)(const Shape& first);
  Config entry_;
  std::unique_ptr<LayerDefinition> inner_;
  std::string name_;
  Config config_{Config::Map{}};
};

}  // namespace thaw::layers
