#include "thaw/graph/layer_support/attention.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/batch_matmul.h"
#include "thaw/ops/kinds/dropout.h"
#include "thaw/ops/kinds/pick.h"

namespace thaw::layers {
namespace {

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

/// Each of x's heads [heads, L, size] as often as query heads share it.
ops::Value repeated(const LowerContext& context, ops::Value x, int64_t repeats) {
  if (repeats == 1) return x;
  const Shape& shape = context.ops.shape(x);
  std::vector<std::vector<int64_t>> indices(3);
  for (int64_t head = 0; head < shape[0] * repeats; ++head) indices[0].push_back(head / repeats);
  for (const int axis : {1, 2})
    for (int64_t i = 0; i < shape[axis]; ++i) indices[static_cast<size_t>(axis)].push_back(i);
  return context.ops.pick(x, {.indices = std::move(indices)});
}

/// Added to the scores [heads, T, S]: 0 where a row may look, else Keras's −1e9.
ops::Value masked(const LowerContext& context, const Attention& attention, ops::Value scores) {
  if (!attention.causal && !attention.window) return scores;
  constexpr float hidden = -1e9F;
  const Shape& shape = context.ops.shape(scores);
  constexpr int64_t longest = 8192;
  if (shape[1] > longest || shape[2] > longest) {
    throw Error(fmt::format("expected sequences of up to {} for a mask, received {} and {}",
                            longest, shape[1], shape[2]));
  }
  Tensor added(Shape{1, shape[1], shape[2]});
  for (int64_t row = 0; row < shape[1]; ++row) {
    for (int64_t place = 0; place < shape[2]; ++place) {
      const bool is_later = attention.causal && place > row;
      const bool is_far = attention.window && std::abs(row - place) >= *attention.window;
      added.values()[static_cast<size_t>(row * shape[2] + place)] =
          is_later || is_far ? hidden : 0.0F;
    }
  }
  return context.ops.add(scores, context.ops.constant(std::move(added)));
}

}  // namespace

ops::Value Attention::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  const ops::Value query = project(context, inputs[0], "query", use_bias);
  const ops::Value key =
      repeated(context, project(context, inputs.back(), "key", use_bias), repeats);
  const ops::Value value =
      repeated(context, project(context, inputs[1], "value", use_bias), repeats);
  const auto size = static_cast<double>(context.variable("query/kernel")->shape()[2]);
  const auto scale = static_cast<float>(1.0 / std::sqrt(size));
  const ops::Value products = context.ops.batch_matmul(
      context.ops.scale_shift(query, {scale}, {0.0F}), key, {.transposes_second = true});
  ops::Value scores = context.ops.activation(masked(context, *this, products), "softmax");
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

void expect_attention(const Attention& attention, std::span<const Shape> inputs) {
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
  if (!(attention.dropout >= 0 && attention.dropout < 1))
    throw Error(
        fmt::format("expected a dropout from 0 to below 1, received {}", attention.dropout));
  if (attention.window.value_or(1) < 1)
    throw Error(
        fmt::format("expected a sliding_window of 1 or more, received {}", *attention.window));
}

void expect_no_gate(const Config& config) {
  const Config* gate = config.find("use_gate");
  if (gate != nullptr && !gate->is_null() && *gate != Config(false))
    throw Error(fmt::format("expected no use_gate, received {}", gate->to_string()));
}

}  // namespace thaw::layers
