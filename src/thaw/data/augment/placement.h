#pragma once

#include <span>

namespace thaw {

/// Which part of an image a view shows, and how it is turned. As it stands: all of it, upright.
struct Placement {
  float zoom = 1;     ///< how much of each side is shown: 0.8 enlarges by a quarter
  float shift_x = 0;  ///< from the image's centre to the part's, in image widths to the right
  float shift_y = 0;  ///< the same in image heights, downwards
  float degrees =
      0;  ///< the part is cut out turned clockwise: what it shows turns counterclockwise
  bool flip = false;  ///< left and right change places, after all the rest
};

/// out(p) = in(c + shift + zoom · R(degrees) · (p − c)), with c the centre and R the rotation;
/// bilinear. Beyond its edge the image continues mirrored, edge pixels twice, as "reflect" in
/// Keras's RandomRotation. Both spans hold height · width · 3 values, or height · width of a grey
/// image, row by row, and must not overlap.
void place(std::span<const float> pixels, int height, int width, const Placement& placement,
           std::span<float> out);

}  // namespace thaw
