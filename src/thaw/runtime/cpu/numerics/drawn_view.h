#pragma once

#include "thaw/core/random.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/runtime/cpu/numerics/affine.h"
#include "thaw/runtime/cpu/numerics/colours.h"

namespace thaw::cpu {

/// The map that is drawn for one image. As many numbers are drawn for every operation, in one
/// order; what shears draws three more.
Affine draw_map(const ops::RandomAffine& op, const ImageSize& image, Random& random);

AffineSampling sampling_of(const ops::RandomAffine& op, const ImageSize& image);

}  // namespace thaw::cpu
