#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "thaw/core/shape.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/value.h"

namespace thaw {
class Config;
}  // namespace thaw

namespace thaw::layers {

/// What attention layers have in common: softmax(QKᵀ/√size)·V of each head, and of its result, all
/// heads side by side, one more product. Weights: "query/kernel" [d, heads, size], "key/kernel",
/// "value/kernel" and "attention_output/kernel" [heads, size, outputs], with a bias for each.
struct Attention {
  float dropout = 0.0F;
  bool use_bias = true;
  bool causal = false;                 ///< row i looks at places up to i
  std::optional<int64_t> window = {};  ///< at places less than this away
  int64_t repeats = 1;                 ///< how many query heads share a head of key and value

  /// query [T, d], value [S, e] and, where it is another, key [S, e] -> [T, outputs].
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

/// Throws Error unless they are two or three sequences (length, channels), keys as long as values,
/// and the dropout and window are in range.
void expect_attention(const Attention& attention, std::span<const Shape> inputs);

/// Throws Error for a gate, which is not computed here.
void expect_no_gate(const Config& config);

}  // namespace thaw::layers
