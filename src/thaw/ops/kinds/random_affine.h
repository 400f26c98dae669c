#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/range.h"
#include "thaw/ops/sampling.h"

namespace thaw::ops {

/// In training reads each sample's image through an affine map of its own; otherwise y = x.
struct RandomAffine {
  bool flips_rows = false;     ///< upside down, in every other sample
  bool flips_columns = false;  ///< left to right, in every other sample; both by one draw
  Range turn;                  ///< of a full circle, about the centre
  Range zoom_rows = {1, 1};    ///< below 1 enlarges
  Range zoom_columns = {1, 1};
  bool zooms_alike = false;  ///< columns as rows
  Range shift_rows;          ///< of the height, down
  Range shift_columns;       ///< of the width, to the right
  Range shear_rows;  ///< y of the source as a part of x; both the other way in every other sample
  Range shear_columns;                                    ///< x of the source as a part of y
  Interpolation interpolation = Interpolation::bilinear;  ///< nearest or bilinear
  FillMode fill = FillMode::reflect;
  float fill_value = 0.0F;
  Phase phase = Phase::by_run;

  bool shears() const { return shear_rows != Range{} || shear_columns != Range{}; }

  static constexpr const char* name = "RandomAffine";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("flips_rows", flips_rows);
    visit("flips_columns", flips_columns);
    visit("turn", turn);
    visit("zoom_rows", zoom_rows);
    visit("zoom_columns", zoom_columns);
    visit("zooms_alike", zooms_alike);
    visit("shift_rows", shift_rows);
    visit("shift_columns", shift_columns);
    visit("shear_rows", shear_rows);
    visit("shear_columns", shear_columns);
    visit("interpolation", interpolation);
    visit("fill", fill);
    visit("fill_value", fill_value);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "random view"; }
};

}  // namespace thaw::ops
