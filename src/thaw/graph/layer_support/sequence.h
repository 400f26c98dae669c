#pragma once

#include "thaw/core/error.h"
#include "thaw/core/shape.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"

/// Sequences (length, channels) are images of one column to the operations.
namespace thaw::layers {

/// [length, channels] as [length, 1, channels]; throws Error for another rank.
inline Shape as_column(const Shape& x) {
  if (x.rank() != 2)
    throw Error("expected a sequence (length, channels), received " + x.to_string());
  return {x[0], 1, x[1]};
}

/// The other way round.
inline Shape as_sequence(const Shape& image) { return {image[0], image[2]}; }

inline ops::Value as_column(const LowerContext& context, ops::Value x) {
  return context.ops.reshape(x, as_column(context.ops.shape(x)));
}

inline ops::Value as_sequence(const LowerContext& context, ops::Value image) {
  return context.ops.reshape(image, as_sequence(context.ops.shape(image)));
}

}  // namespace thaw::layers
