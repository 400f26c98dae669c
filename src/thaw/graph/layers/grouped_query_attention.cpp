#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/attention.h"

namespace thaw {
namespace layers {
namespace {

/// Attention whose query heads share those of key and value, so many each as go into them; see
/// Attention. y has the query's channels. Source: Ainslie et al. 2023, "GQA".
struct GroupedQueryAttention {
  int64_t head_dim = 1;
  int64_t num_query_heads = 1;
  int64_t num_key_value_heads = 1;
  bool use_bias = true;
  std::optional<int64_t> sliding_window = {};
  float dropout = 0.0F;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::optional<int64_t> seed = {};
  bool use_causal_mask = false;  ///< in Keras an argument of the call
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("head_dim", head_dim);
    visit("num_query_heads", num_query_heads);
    visit("num_key_value_heads", num_key_value_heads);
    visit("use_bias", use_bias);
    visit("sliding_window", sliding_window);
    visit("dropout", dropout);
    visit("kernel_initializer", kernel_initializer);
    visit("bias_initializer", bias_initializer);
    visit("seed", seed);
    visit("use_causal_mask", use_causal_mask);
  }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

Attention attention_of(const GroupedQueryAttention& layer) {
  return {.dropout = layer.dropout,
          .use_bias = layer.use_bias,
          .causal = layer.use_causal_mask,
          .window = layer.sliding_window,
          .repeats = layer.num_query_heads / layer.num_key_value_heads};
}

Shape GroupedQueryAttention::output_shape(std::span<const Shape> inputs) const {
  const auto fits = [](int64_t size) { return size >= 1 && size <= 65536; };
  if (!fits(head_dim) || !fits(num_query_heads) || !fits(num_key_value_heads)) {
    throw Error(fmt::format("expected heads and a head_dim from 1 to 65536, received {}, {} and {}",
                            num_query_heads, num_key_value_heads, head_dim));
  }
  if (num_query_heads % num_key_value_heads != 0) {
    throw Error(fmt::format("expected a multiple of {} query heads, received {}",
                            num_key_value_heads, num_query_heads));
  }
  expect_attention(attention_of(*this), inputs);
  return inputs[0];
}

std::vector<WeightSpec> GroupedQueryAttention::weights(std::span<const Shape> inputs) const {
  const int64_t channels = inputs[0][1];
  std::vector<WeightSpec> specs;
  const auto add = [&](const std::string& part, Shape kernel, Shape bias) {
    specs.push_back({part + "/kernel", std::move(kernel), kernel_initializer});
    if (use_bias) specs.push_back({part + "/bias", std::move(bias), bias_initializer});
  };
  add("query", {channels, num_query_heads, head_dim}, {num_query_heads, head_dim});
  add("key", {inputs.back()[1], num_key_value_heads, head_dim}, {num_key_value_heads, head_dim});
  add("value", {inputs[1][1], num_key_value_heads, head_dim}, {num_key_value_heads, head_dim});
  add("attention_output", {num_query_heads, head_dim, channels}, {channels});
  return specs;
}

ops::Value GroupedQueryAttention::lower(const LowerContext& context,
                                        std::span<const ops::Value> inputs) const {
  return attention_of(*this).lower(context, inputs);
}

}  // namespace
}  // namespace layers

namespace layer_types {
namespace {

std::unique_ptr<LayerDefinition> read_grouped_query_attention(const Config& config);

}  // namespace

extern const LayerType grouped_query_attention;
constinit const LayerType grouped_query_attention{
    "GroupQueryAttention", &read_grouped_query_attention, "keras.layers", "use_causal_mask"};

namespace {

std::unique_ptr<LayerDefinition> read_grouped_query_attention(const Config& config) {
  layers::expect_no_gate(config);
  return read_definition<layers::GroupedQueryAttention, grouped_query_attention>(config);
}

}  // namespace
}  // namespace layer_types

}  // namespace thaw
