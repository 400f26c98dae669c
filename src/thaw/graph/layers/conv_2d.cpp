#include "thaw/graph/layers/conv_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/conv_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Conv2D attributes_for(const Conv2D& layer, const Shape& x) {
  return {.strides = layer.strides,
          .dilations = layer.dilation_rate,
          .padding = resolve_padding(layer.padding, x, layer.kernel_size, layer.strides,
                                     layer.dilation_rate),
          .groups = layer.groups};
}

}  // namespace

Shape Conv2D::output_shape(const Shape& x) const {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  if (filters < 1 || groups < 1 || x[2] % groups != 0 || filters % groups != 0) {
    throw Error(
        fmt::format("expected filters and channels that divide into {} groups, received {} filters "
                    "and {} channels",
                    groups, filters, x[2]));
  }
  const Shape shapes[] = {x, weights(x)[0].shape};
  return ops::output_shape(attributes_for(*this, x), shapes);
}

std::vector<WeightSpec> Conv2D::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {{"kernel",
                                    {kernel_size.height, kernel_size.width, x[2] / groups, filters},
                                    kernel_initializer}};
  if (use_bias) specs.push_back({"bias", {filters}, bias_initializer});
  return specs;
}

ops::Value Conv2D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  const ops::Value y = context.ops.conv_2d(x, context.weight("kernel"),
                                           attributes_for(*this, context.ops.shape(x)), bias);
  return context.ops.activation(y, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType conv_2d;
constinit const LayerType conv_2d{"Conv2D", &read_definition<layers::Conv2D, conv_2d>};
}  // namespace layer_types

Layer conv_2d(layers::Conv2D attributes) {
  return make_layer(layer_types::conv_2d, std::move(attributes));
}

}  // namespace thaw
