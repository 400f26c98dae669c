#pragma once

#include <optional>
#include <string>

#include "thaw/graph/layer_support/sequence.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw::layers {

/// What AveragePooling1D and MaxPooling1D are: one number for each window of a sequence, channel by
/// channel; strides default to pool_size.
template <ops::Pool2D::Kind kind>
struct Pooling1D {
  int64_t pool_size = 2;
  std::optional<int64_t> strides = {};
  std::string padding = "valid";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("pool_size", pool_size);
    visit("strides", strides);
    visit("padding", padding);
  }
  Shape output_shape(const Shape& x) const {
    const Shape column = as_column(x);
    return as_sequence(ops::output_shape(attributes_for(column), {&column, 1}));
  }
  ops::Value lower(const LowerContext& context, ops::Value x) const {
    const ops::Value image = as_column(context, x);
    return as_sequence(context,
                       context.ops.pool_2d(image, attributes_for(context.ops.shape(image))));
  }

 private:
  ops::Pool2D attributes_for(const Shape& column) const {
    const Size2 window(pool_size, int64_t{1});
    const Size2 step(strides.value_or(pool_size), int64_t{1});
    return {.kind = kind,
            .pool_size = window,
            .strides = step,
            .padding = resolve_padding(padding, column, window, step)};
  }
};

}  // namespace thaw::layers
