#pragma once

#include <span>

namespace thaw {

/// A change of all colours of an image. As it stands: no change.
struct Colour {
  float brightness = 0;  ///< added to pixels of 0 … 255
  float contrast = 1;    ///< times the distance from the image's mean grey
  float saturation = 1;  ///< times the distance from the pixel's own grey
};

/// In place, on RGB pixels [height, width, 3] of 0 … 255; results are clamped to that range:
/// x ← x + (saturation − 1)·(x − grey), then x ← x + (contrast − 1)·(x − mean grey), then
/// x ← x + brightness, with grey = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
void recolour(std::span<float> pixels, const Colour& colour);

/// The same of grey pixels [height, width], which have no saturation to change: what recolour()
/// makes of an image whose three channels are these.
void recolour_grey(std::span<float> pixels, const Colour& colour);

}  // namespace thaw
