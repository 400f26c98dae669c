#include "thaw/graph/layers/layer_normalization.h"

#include <algorithm>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/axes.h"
#include "thaw/ops/kinds/sample_normalization.h"

namespace thaw {
namespace layers {

namespace {

/// The axes that are normalized, as a shape; they must be the last ones.
Shape normalized(const LayerNormalization& layer, const Shape& x) {
  std::vector<int> axes;
  for (const int64_t axis : layer.axis) axes.push_back(axis_without_batch(axis, x));
  std::ranges::sort(axes);
  std::vector<int64_t> sizes;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] != x.rank() - static_cast<int>(axes.size() - i)) {
      throw Error(
          fmt::format("expected the last axis (-1), or several up to the last, each once; "
                      "received others of a batch of {}",
                      x.to_string()));
    }
    sizes.push_back(x[axes[i]]);
  }
  if (sizes.empty()) throw Error("expected one axis or more, received none");
  return Shape(std::move(sizes));
}

}  // namespace

Shape LayerNormalization::output_shape(const Shape& x) const {
  if (rms_scaling) {
    throw Error("expected rms_scaling=False, received True: Keras has deprecated it");
  }
  (void)normalized(*this, x);
  return x;
}

std::vector<WeightSpec> LayerNormalization::weights(const Shape& x) const {
  std::vector<WeightSpec> specs;
  if (scale) specs.push_back({"gamma", normalized(*this, x), gamma_initializer});
  if (center) specs.push_back({"beta", normalized(*this, x), beta_initializer});
  return specs;
}

ops::Value LayerNormalization::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const Shape part = normalized(*this, shape);
  const Shape row{part.elements()};
  std::vector<ops::Value> parameters;
  if (scale) parameters.push_back(context.weight("gamma", row));
  if (center) parameters.push_back(context.weight("beta", row));
  // Several axes are one row of numbers.
  std::vector<int64_t> rows(shape.sizes().begin(), shape.sizes().end() - part.rank());
  rows.push_back(row[0]);
  const bool is_row = part.rank() == 1;
  const ops::Value y = context.ops.sample_normalization(
      is_row ? x : context.ops.reshape(x, Shape(std::move(rows))), std::move(parameters),
      {.epsilon = epsilon, .by_pixel = true, .has_scale = scale, .has_center = center});
  return is_row ? y : context.ops.reshape(y, shape);
}

}  // namespace layers

namespace layer_types {
extern const LayerType layer_normalization;
constinit const LayerType layer_normalization{
    "LayerNormalization", &read_definition<layers::LayerNormalization, layer_normalization>};
}  // namespace layer_types

Layer layer_normalization(layers::LayerNormalization attributes) {
  return make_layer(layer_types::layer_normalization, std::move(attributes));
}

}  // namespace thaw
