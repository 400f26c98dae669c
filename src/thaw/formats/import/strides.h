#pragma once

// How the elements of arrays lie, for folding alone.

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/shape.h"

namespace thaw::foreign::folding {

using Sizes = std::vector<int64_t>;

inline Sizes sizes_of(const Shape& shape) { return {shape.sizes().begin(), shape.sizes().end()}; }

/// What folding makes larger than its inputs stays below this many elements.
constexpr int64_t most_elements = int64_t{1} << 26;

inline const Shape& bounded(const Shape& shape) {
  if (shape.elements() > most_elements) {
    throw Error(fmt::format("expected at most {} known numbers, received the shape {}",
                            most_elements, shape.to_string()));
  }
  return shape;
}

/// How far apart neighbours along each axis of `shape` lie; 0 along axes of size 1 that `of` has
/// longer. The shape is filled up with axes in front.
inline Sizes strides_in(const Shape& shape, const Shape& of) {
  Sizes strides(static_cast<size_t>(of.rank()), 0);
  int64_t stride = 1;
  for (int axis = shape.rank() - 1, at = of.rank() - 1; axis >= 0; --axis, --at) {
    if (shape[axis] != 1) strides[static_cast<size_t>(at)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/// Calls visit(place) for each element of `shape` in row-major order, with where it lies under
/// these strides.
template <typename Visit>
void walk(const Shape& shape, const Sizes& strides, Visit&& visit) {
  const int64_t count = shape.elements();
  Sizes at(strides.size(), 0);
  int64_t place = 0;
  for (int64_t i = 0; i < count; ++i) {
    visit(place);
    for (size_t axis = strides.size(); axis-- > 0;) {
      place += strides[axis];
      if (++at[axis] < shape[static_cast<int>(axis)]) break;
      place -= strides[axis] * shape[static_cast<int>(axis)];
      at[axis] = 0;
    }
  }
}

}  // namespace thaw::foreign::folding
