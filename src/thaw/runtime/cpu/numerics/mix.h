#pragma once

#include <vector>

#include "thaw/ops/kinds/random_mix.h"
#include "thaw/runtime/cpu/numerics/augment.h"

namespace thaw::cpu {

/// What an image is mixed with.
struct DrawnMix {
  int64_t other = 0;                               ///< its place in the batch
  float weight = 1;                                ///< of the image itself: mix_up
  float left = 0, right = 0, top = 0, bottom = 0;  ///< the other's box: cut_mix
};

/// For each image of a batch. A function of seed and stream; see streams_of().
std::vector<DrawnMix> draw_mix(const ops::RandomMix& op, const Batch& batch, uint64_t seed,
                               uint64_t stream);

void mix(const ops::RandomMix& op, const ImageSize& size, const std::vector<DrawnMix>& drawn,
         const float* x, float* y);
/// The gradient of mix().
void mix_backward(const ops::RandomMix& op, const ImageSize& size,
                  const std::vector<DrawnMix>& drawn, const float* above, float* gradient);

}  // namespace thaw::cpu
