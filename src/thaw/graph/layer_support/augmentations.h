#pragma once

#include <string>
#include <vector>

#include "thaw/graph/layer_support/factor.h"
#include "thaw/ops/kinds/random_augment.h"

namespace thaw::layers {

/// Which of Keras's augmentations RandAugment and AugMix choose from.
struct Augmentations {
  const Factor& factor;  ///< from 0 to 1: of all of them
  const std::vector<float>& value_range;
  const std::string& interpolation;
  bool all = true;  ///< brightness, contrast, grey and sharpness too

  /// With its views, colors, changes and limits; throws Error for attributes out of range.
  ops::RandomAugment operation() const;
};

}  // namespace thaw::layers
