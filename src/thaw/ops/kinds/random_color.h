#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/range.h"

namespace thaw::ops {

/// In training y = contrast·(x − mean) + mean + brightness, held within `limits`, with numbers
/// drawn for each sample and the mean of each of its channels; otherwise y = x.
struct RandomColor {
  Range contrast = {1, 1};
  Range brightness;
  Range limits = {0, 255};
  Phase phase = Phase::by_run;

  bool has_contrast() const { return contrast != Range{1, 1}; }

  static constexpr const char* name = "RandomColor";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("contrast", contrast);
    visit("brightness", brightness);
    visit("limits", limits);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "random colours"; }
};

}  // namespace thaw::ops
