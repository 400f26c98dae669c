#pragma once

#include <span>

namespace thaw {

/// A change of all of a picture's colours.
struct Colour {
  float brightness = 0;  ///< added to pixels of 0 … 255
  float contrast = 1;    ///< times the distance from the picture's mean grey
  float saturation = 1;  ///< times the distance from the pixel's own grey
};

/// In place, on RGB pixels of 0 … 255, where the result is cut to as well:
/// x + (saturation − 1)·(x − grey), then x + (contrast − 1)·(x − mean grey), then + brightness,
/// with grey = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
void recolour(std::span<float> pixels, const Colour& colour);

}  // namespace thaw
