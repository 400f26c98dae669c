#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// In training a window of the image at a place that is drawn for the batch; otherwise the image
/// without `cropping` at that size, as Resize2D makes it.
struct RandomCrop2D {
  Size2 size;
  Padding2 cropping;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "RandomCrop2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("size", size);
    visit("cropping", cropping);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "random cropping"; }
};

}  // namespace thaw::ops
