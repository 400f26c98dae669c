#pragma once

#include <optional>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// Of each head h: softmax(QₕKₕᵀ/√key_dim)·Vₕ, where Q, K, V are products of query, key and value
/// with weights of their own; the heads' results, side by side, are multiplied once more. Called on
/// query [T, d], value [S, e] and, where it is another, key [S, e]; y [T, output_shape], d where
/// that is not given. Source: Vaswani et al. 2017, "Attention is all you need".
struct MultiHeadAttention {
  int64_t num_heads = 1;
  int64_t key_dim = 1;
  std::optional<int64_t> value_dim = {};
  float dropout = 0.0F;
  bool use_bias = true;
  std::optional<int64_t> output_size = {};
  std::optional<std::vector<int64_t>> attention_axes = {};  ///< 1, where they are given
  std::optional<int64_t> sliding_window = {};  ///< rows look only at places less than this away
  bool use_causal_mask = false;  ///< and not at later ones; in Keras an argument of the call
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("num_heads", num_heads);
    visit("key_dim", key_dim);
    visit("value_dim", value_dim);
    visit("dropout", dropout);
    visit("use_bias", use_bias);
    visit("output_shape", output_size);
    visit("attention_axes", attention_axes);
    visit("sliding_window", sliding_window);
    visit("kernel_initializer", kernel_initializer);
    visit("bias_initializer", bias_initializer);
    visit("seed", seed);
    visit("use_causal_mask", use_causal_mask);
  }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer multi_head_attention(layers::MultiHeadAttention attributes = {});

}  // namespace thaw
