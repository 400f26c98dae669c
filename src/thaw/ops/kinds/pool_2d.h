#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"

namespace thaw::ops {

/// Maximum or mean of each window; a mean counts only what lies inside the image, as in TensorFlow.
struct Pool2D {
  enum class Kind { maximum, average };
  Kind kind = Kind::maximum;
  Size2 pool_size;
  Size2 strides;
  Padding2 padding;

  static constexpr const char* name = "Pool2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("pool_size", pool_size);
    visit("strides", strides);
    visit("padding", padding);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const {
    return kind == Kind::maximum ? "max pooling" : "average pooling";
  }
};

/// [H, W, C] -> [C].
struct GlobalPool2D {
  Pool2D::Kind kind = Pool2D::Kind::average;

  static constexpr const char* name = "GlobalPool2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const {
    return kind == Pool2D::Kind::maximum ? "global max pooling" : "global average pooling";
  }
};

}  // namespace thaw::ops
