#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/sequence.h"
#include "thaw/ops/kinds/conv_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {
namespace {

/// y = activation(conv(x, kernel) + bias): x [L, in] -> y [L', filters], TensorFlow's
/// cross-correlation and padding; "causal" pads before the first alone. kernel [width, in/groups,
/// filters].
struct Conv1D {
  int64_t filters = 0;
  int64_t kernel_size = 1;
  int64_t strides = 1;
  std::string padding = "valid";
  int64_t dilation_rate = 1;
  int64_t groups = 1;
  thaw::Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filters", filters);
    visit("kernel_size", kernel_size);
    visit("strides", strides);
    visit("padding", padding);
    visit("dilation_rate", dilation_rate);
    visit("groups", groups);
    visit("activation", activation);
    visit("use_bias", use_bias);
    visit("kernel_initializer", kernel_initializer);
    visit("bias_initializer", bias_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Conv2D attributes_for(const Conv1D& layer, const Shape& column) {
  const Size2 window(layer.kernel_size, int64_t{1});
  const Size2 strides(layer.strides, int64_t{1});
  const Size2 dilations(layer.dilation_rate, int64_t{1});
  ops::Conv2D result{.strides = strides, .dilations = dilations, .groups = layer.groups};
  if (layer.padding == "causal") {
    result.padding.top = (layer.kernel_size - 1) * layer.dilation_rate;
  } else {
    result.padding = resolve_padding(layer.padding, column, window, strides, dilations);
  }
  return result;
}

Shape kernel_of(const Conv1D& layer, const Shape& column) {
  return {layer.kernel_size, 1, column[2] / layer.groups, layer.filters};
}

Shape Conv1D::output_shape(const Shape& x) const {
  const Shape column = as_column(x);
  if (filters < 1 || kernel_size < 1 || groups < 1 || x[1] % groups != 0 || filters % groups != 0) {
    throw Error(
        fmt::format("expected filters and channels that divide into {} groups, received {} filters "
                    "and {} channels",
                    groups, filters, x[1]));
  }
  const Shape shapes[] = {column, kernel_of(*this, column)};
  return as_sequence(ops::output_shape(attributes_for(*this, column), shapes));
}

std::vector<WeightSpec> Conv1D::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {
      {"kernel", {kernel_size, x[1] / groups, filters}, kernel_initializer}};
  if (use_bias) specs.push_back({"bias", {filters}, bias_initializer});
  return specs;
}

ops::Value Conv1D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value image = as_column(context, x);
  const Shape column = context.ops.shape(image);
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  const ops::Value y =
      context.ops.conv_2d(image, context.weight("kernel", kernel_of(*this, column)),
                          attributes_for(*this, column), bias);
  return context.ops.activation(as_sequence(context, y), activation);
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType conv_1d;
constinit const LayerType conv_1d{"Conv1D", &read_definition<layers::Conv1D, conv_1d>};
}  // namespace layer_types

}  // namespace thaw
