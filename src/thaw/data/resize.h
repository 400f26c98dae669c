#pragma once

#include <span>

#include "thaw/data/image.h"

namespace thaw {

/// What becomes of a picture whose sides are not in the target's ratio, with Keras's names.
enum class AspectRatio {
  stretch,  ///< Keras's default: the ratio is lost
  crop,     ///< crop_to_aspect_ratio: the largest centred part of the target's ratio
  pad       ///< pad_to_aspect_ratio: the whole picture, black beside it
};

struct ResizeOptions {
  int height = 224;
  int width = 224;
  AspectRatio aspect_ratio = AspectRatio::stretch;
};

/// Bilinear, half-pixel centres, no antialiasing, as tf.image.resize: with s = (x + ½)·in/out − ½
/// along each axis, out(x) = in(⌊s⌋) + (s − ⌊s⌋)·(in(⌈s⌉) − in(⌊s⌋)), indices clamped.
/// Writes height · width · 3 values of 0 … 255 to `out`, whose size must be just that.
void resize(const Image& image, const ResizeOptions& options, std::span<float> out);

}  // namespace thaw
