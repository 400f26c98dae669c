#include "thaw/graph/layers/multi_head_attention.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/attention.h"

namespace thaw {
namespace layers {
namespace {

Attention attention_of(const MultiHeadAttention& layer) {
  return {.dropout = layer.dropout,
          .use_bias = layer.use_bias,
          .causal = layer.use_causal_mask,
          .window = layer.sliding_window};
}

}  // namespace

Shape MultiHeadAttention::output_shape(std::span<const Shape> inputs) const {
  expect_attention(attention_of(*this), inputs);
  if (num_heads < 1 || key_dim < 1 || value_dim.value_or(1) < 1 || output_size.value_or(1) < 1)
    throw Error("expected heads and sizes of at least 1");
  // Of inputs without channels, kernels of any size have no elements; their biases always have.
  for (const int64_t size : {key_dim, value_dim.value_or(key_dim)})
    static_cast<void>(Shape{num_heads, size}.elements());
  if (attention_axes && *attention_axes != std::vector<int64_t>{1})
    throw Error("expected attention along the first axis after the batch (attention_axes [1])");
  return {inputs[0][0], output_size.value_or(inputs[0][1])};
}

std::vector<WeightSpec> MultiHeadAttention::weights(std::span<const Shape> inputs) const {
  const int64_t values = value_dim.value_or(key_dim);
  const int64_t outputs = output_size.value_or(inputs[0][1]);
  std::vector<WeightSpec> specs;
  const auto add = [&](const std::string& part, Shape kernel, Shape bias) {
    specs.push_back({part + "/kernel", std::move(kernel), kernel_initializer});
    if (use_bias) specs.push_back({part + "/bias", std::move(bias), bias_initializer});
  };
  add("query", {inputs[0][1], num_heads, key_dim}, {num_heads, key_dim});
  add("key", {inputs.back()[1], num_heads, key_dim}, {num_heads, key_dim});
  add("value", {inputs[1][1], num_heads, values}, {num_heads, values});
  add("attention_output", {num_heads, values, outputs}, {outputs});
  return specs;
}

ops::Value MultiHeadAttention::lower(const LowerContext& context,
                                     std::span<const ops::Value> inputs) const {
  return attention_of(*this).lower(context, inputs);
}

}  // namespace layers

namespace layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_multi_head_attention(const Config& config);

}  // namespace

extern const LayerType multi_head_attention;
constinit const LayerType multi_head_attention{"MultiHeadAttention", &read_multi_head_attention,
                                               "keras.layers", "use_causal_mask"};

namespace {

std::unique_ptr<LayerDefinition> read_multi_head_attention(const Config& config) {
  layers::expect_no_gate(config);
  return read_definition<layers::MultiHeadAttention, multi_head_attention>(config);
}

}  // namespace
}  // namespace layer_types

Layer multi_head_attention(layers::MultiHeadAttention attributes) {
  return make_layer(layer_types::multi_head_attention, std::move(attributes));
}

}  // namespace thaw
