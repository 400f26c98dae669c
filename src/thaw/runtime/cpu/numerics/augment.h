#pragma once

#include <vector>

#include "thaw/ops/kinds/random_augment.h"
#include "thaw/runtime/cpu/numerics/image_change.h"

namespace thaw::cpu {

/// One of the operation's views, colors and changes, counted in that order, and its numbers for
/// each image: of a view its map's six, of a color contrast and brightness.
struct DrawnStep {
  size_t member = 0;
  std::vector<DrawnNumbers> numbers;
};

/// What is drawn for a batch: steps one after the other in each chain, of which RandAugment has
/// one, and how much of each chain's result and of the image itself goes into the mix.
struct DrawnAugmentation {
  std::vector<std::vector<DrawnStep>> chains;
  std::vector<float> weights = {1.0F};
  float own_weight = 0.0F;
};

struct Batch {
  int64_t count = 0;
  ImageSize size;
};

/// A function of seed and stream; see streams_of().
DrawnAugmentation draw_augmentation(const ops::RandomAugment& op, const Batch& batch, uint64_t seed,
                                    uint64_t stream);

void augment(const ops::RandomAugment& op, const Batch& batch, const DrawnAugmentation& drawn,
             const float* x, float* y);

}  // namespace thaw::cpu
