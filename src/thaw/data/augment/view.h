#pragma once

#include <cstdint>
#include <span>

#include "thaw/core/content_hash.h"
#include "thaw/data/augment/colour.h"
#include "thaw/data/augment/placement.h"

namespace thaw {

/// One way to alter an image. As it stands: the image unaltered.
struct View {
  Placement placement;
  Colour colour;
};

/// A random view that depends on nothing but the seed, the image's content_bits() and the view's
/// number. Number 0: unaltered. Else each uniformly random: zoom 0.8 … 1 with the part that is
/// shown anywhere in the image, ±10 degrees, flipped with probability ½, brightness ±25.5, contrast
/// and saturation 0.8 … 1.2.
View seeded_view(uint64_t seed, ContentHash image, uint64_t number);

/// The image unaltered for even numbers, and mirrored, left and right, for odd ones.
View flipped_view(uint64_t number);

/// Writes a view of the image `pixels` to `out`: place(), then recolour(). Both spans hold
/// height · width · 3 values of 0 … 255, or height · width of a grey image, row by row, and must
/// not overlap.
void show(const View& view, std::span<const float> pixels, int height, int width,
          std::span<float> out);

}  // namespace thaw
