#pragma once

#include <cstdint>
#include <span>

#include "thaw/core/content_hash.h"
#include "thaw/data/augment/colour.h"
#include "thaw/data/augment/placement.h"

namespace thaw {

/// One way to show a picture; as it stands, the plain picture.
struct View {
  Placement placement;
  Colour colour;
};

/// Of view number 0, the plain picture; else a function of the three alone: zoom 0.8 … 1 with the
/// part shown anywhere in the picture, ±10 degrees, flipped every other time, brightness ±25.5,
/// contrast and saturation 0.8 … 1.2.
View seeded_view(uint64_t seed, ContentHash picture, uint64_t number);

/// The plain picture (0) and its mirror image (1).
View flipped_view(uint64_t number);

/// Writes `view` of the picture to `out`. Both hold height · width · 3 values of 0 … 255.
void show(const View& view, std::span<const float> pixels, int height, int width,
          std::span<float> out);

}  // namespace thaw
