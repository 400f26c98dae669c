#pragma once

#include <span>

namespace thaw {

/// Which part of a picture is shown, and how it lies.
struct Placement {
  float zoom = 1;     ///< the part of each side that is shown
  float shift_x = 0;  ///< from the picture's centre to the part's, in widths to the right
  float shift_y = 0;  ///< in heights downwards
  float degrees = 0;  ///< the part is turned clockwise, so what it shows turns the other way
  bool flip = false;  ///< left and right, last of all
};

/// out(p) = in(c + shift + zoom · R(degrees) · (p − c)), c the centre; bilinear; beyond the edge
/// the picture is mirrored (edge pixels twice, as "reflect" in Keras's RandomRotation). Both spans
/// hold height · width · 3 values and must not overlap.
void place(std::span<const float> pixels, int height, int width, const Placement& placement,
           std::span<float> out);

}  // namespace thaw
