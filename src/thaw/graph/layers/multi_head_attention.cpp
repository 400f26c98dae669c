#include "thaw/graph/layers/multi_head_attention.h"

#include <cmath>

#include "thaw/core/variable.h"
#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/batch_matmul.h"
#include "thaw/ops/kinds/dropout.h"

namespace thaw {
namespace layers {
namespace {

void expect_sequences(std::span<const Shape> inputs) {
  if (inputs.size() < 2 || inputs.size() > 3) {
    throw Error(fmt::format("expected a query, a value and perhaps a key, received {} inputs",
                            inputs.size()));
  }
  for (const Shape& x : inputs) {
    if (x.rank() != 2)
      throw Error(fmt::format("expected sequences (length, channels), received {}", x.to_string()));
  }
  if (inputs.back()[0] != inputs[1][0])
    throw Error(fmt::format("expected keys and values of one length, received {} and {}",
                            inputs.back()[0], inputs[1][0]));
}

/// x [L, d] · kernel [d, heads, size] + bias, as [heads, L, size].
ops::Value project(const LowerContext& context, ops::Value x, const std::string& part,
                   bool use_bias) {
  const Shape kernel = context.variable(part + "/kernel")->shape();
  const int64_t together = kernel[1] * kernel[2];
  const ops::Value bias = use_bias ? context.weight(part + "/bias", Shape{together}) : ops::Value{};
  const ops::Value y =
      context.ops.matmul(x, context.weight(part + "/kernel", Shape{kernel[0], together}), bias);
  const ops::Value heads = context.ops.reshape(y, {context.ops.shape(x)[0], kernel[1], kernel[2]});
  return context.ops.transpose(heads, {1, 0, 2});
}

}  // namespace

Shape MultiHeadAttention::output_shape(std::span<const Shape> inputs) const {
  expect_sequences(inputs);
  if (num_heads < 1 || key_dim < 1 || value_dim.value_or(1) < 1 || output_size.value_or(1) < 1)
    throw Error("expected heads and sizes of at least 1");
  // Of inputs without channels, kernels of any size have no elements; their biases always have.
  for (const int64_t size : {key_dim, value_dim.value_or(key_dim)})
    static_cast<void>(Shape{num_heads, size}.elements());
  if (attention_axes && *attention_axes != std::vector<int64_t>{1})
    throw Error("expected attention along the first axis after the batch (attention_axes [1])");
  if (!(dropout >= 0 && dropout < 1))
    throw Error(fmt::format("expected a dropout from 0 to below 1, received {}", dropout));
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
  const ops::Value query = project(context, inputs[0], "query", use_bias);
  const ops::Value key = project(context, inputs.back(), "key", use_bias);
  const ops::Value value = project(context, inputs[1], "value", use_bias);
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(key_dim)));
  const ops::Value products = context.ops.batch_matmul(
      context.ops.scale_shift(query, {scale}, {0.0F}), key, {.transposes_second = true});
  ops::Value scores = context.ops.activation(products, "softmax");
  if (dropout > 0 && context.phase != ops::Phase::inference)
    scores = context.ops.dropout(scores, {.rate = dropout, .phase = context.phase});
  const ops::Value heads = context.ops.batch_matmul(scores, value, {});
  const ops::Value side_by_side = context.ops.transpose(heads, {1, 0, 2});
  const Shape kernel = context.variable("attention_output/kernel")->shape();
  const int64_t together = kernel[0] * kernel[1];
  const ops::Value rows =
      context.ops.reshape(side_by_side, {context.ops.shape(inputs[0])[0], together});
  const ops::Value bias = use_bias ? context.weight("attention_output/bias") : ops::Value{};
  return context.ops.matmul(
      rows, context.weight("attention_output/kernel", Shape{together, kernel[2]}), bias);
}

}  // namespace layers

namespace layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_multi_head_attention(const Config& config);

}  // namespace

extern const LayerType multi_head_attention;
constinit const LayerType multi_head_attention{"MultiHeadAttention", &read_multi_head_attention};

namespace {

std::unique_ptr<LayerDefinition> read_multi_head_attention(const Config& config) {
  for (const char* key : {"use_gate", "sliding_window"}) {
    const Config* value = config.find(key);
    if (value != nullptr && !value->is_null() && *value != Config(false))
      throw Error(fmt::format("expected no {}, received {}", key, value->to_string()));
  }
  return read_definition<layers::MultiHeadAttention, multi_head_attention>(config);
}

}  // namespace
}  // namespace layer_types

Layer multi_head_attention(layers::MultiHeadAttention attributes) {
  return make_layer(layer_types::multi_head_attention, std::move(attributes));
}

}  // namespace thaw
