#pragma once

#include <cstdint>
#include <vector>

#include "thaw/ops/sampling.h"

namespace thaw::cpu {

/// Along one axis, each output as a weighted sum of inputs: `count` of them, some of weight 0.
struct InterpolationWeights {
  int64_t count = 0;
  std::vector<int64_t> index;  ///< outputs × count
  std::vector<float> weight;   ///< outputs × count
};

/// Those of TensorFlow's image resizing from `inputs` to `outputs` pixels, half-pixel centres, in
/// its own precision.
InterpolationWeights interpolation_weights(Interpolation interpolation, bool antialias,
                                           int64_t inputs, int64_t outputs);

}  // namespace thaw::cpu
