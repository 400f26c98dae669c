#pragma once

#include <memory>
#include <utility>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/factor.h"
#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/graph/layer_support/kept_layer.h"
#include "thaw/ops/output_shape.h"
#include "thaw/ops/range.h"

namespace thaw::layers {

/// A layer that changes images in fit: T has `name`, fields() and operation(), which throws Error
/// for attributes out of range. Otherwise y = x.
template <typename T>
struct ImageLayer : T {
  Shape output_shape(const Shape& x) const { return ops::output_shape(this->operation(), {&x, 1}); }
  ops::Value lower(const LowerContext& context, ops::Value x) const {
    return in_fit(context, x, this->operation());
  }
};

/// Another definition whose config is written as it was read, with all that only Keras uses.
class WithKeptConfig final : public LayerDefinition {
 public:
  WithKeptConfig(std::unique_ptr<LayerDefinition> layer, const Config& config)
      : layer_(std::move(layer)), config_(own_config(config)) {}

  const LayerType& type() const override { return layer_->type(); }
  const std::string& given_name() const override { return layer_->given_name(); }
  Shape output_shape(std::span<const Shape> inputs) const override {
    return layer_->output_shape(inputs);
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return layer_->weights(inputs);
  }
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const override {
    return layer_->lower(context, inputs);
  }
  Config config() const override { return config_; }

 private:
  std::unique_ptr<LayerDefinition> layer_;
  Config config_;
};

/// Reads T's fields; the whole config is kept.
template <typename T, const LayerType& type>
std::unique_ptr<LayerDefinition> read_image_layer(const Config& config) {
  return std::make_unique<WithKeptConfig>(read_definition<T, type>(config), config);
}

}  // namespace thaw::layers
