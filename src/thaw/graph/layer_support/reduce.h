#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/shape.h"
#include "thaw/graph/layer_support/axes.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/kinds/reduce.h"

namespace thaw::layers {

/// `axes` in Keras's count as those after the batch, sorted; throws Error for others.
inline std::vector<int> axes_without_batch(const std::vector<int64_t>& axes, const Shape& x) {
  if (axes.empty()) throw Error("expected axes after the batch's, received none");
  std::vector<int> result;
  for (const int64_t axis : axes) result.push_back(axis_without_batch(axis, x));
  std::ranges::sort(result);
  return result;
}

/// x's shape without `axes`, or with them as sizes of 1.
inline Shape reduced_shape(const Shape& x, const std::vector<int64_t>& axes, bool keeps) {
  const std::vector<int> gone = axes_without_batch(axes, x);
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool goes = std::ranges::find(gone, axis) != gone.end();
    if (!goes || keeps) sizes.push_back(goes ? 1 : x[axis]);
  }
  return Shape(std::move(sizes));
}

/// The mean, sum, largest or smallest along `axes`. Those over the whole of an image are a global
/// pooling.
inline ops::Value reduce(const LowerContext& context, ops::Reduce::Kind kind, ops::Value x,
                         const std::vector<int64_t>& axes, bool keeps) {
  const Shape before = context.ops.shape(x);
  const Shape after = reduced_shape(before, axes, keeps);
  const std::vector<int> numbers = axes_without_batch(axes, before);
  const bool pools = before.rank() == 3 && numbers == std::vector<int>{0, 1};
  ops::Value y;
  if (pools && kind == ops::Reduce::Kind::mean) {
    y = context.ops.global_pool_2d(x, ops::Pool2D::Kind::average);
  } else if (pools && kind == ops::Reduce::Kind::maximum) {
    y = context.ops.global_pool_2d(x, ops::Pool2D::Kind::maximum);
  } else {
    y = context.ops.reduce(x, {.kind = kind, .axes = numbers});
  }
  return context.ops.shape(y) == after ? y : context.ops.reshape(y, after);
}

/// Keras 3's operations Mean, Max, Min and Sum: along axes (the batch axis is 0, −1 the last),
/// which stay as 1 where `keepdims`.
template <ops::Reduce::Kind kind>
struct Reduction {
  std::vector<int64_t> axis = {};
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const { return reduced_shape(x, axis, keepdims); }
  ops::Value lower(const LowerContext& context, ops::Value x) const {
    return reduce(context, kind, x, axis, keepdims);
  }
};

}  // namespace thaw::layers
