#pragma once

#include <span>

#include "thaw/core/random.h"
#include "thaw/ops/sampling.h"
#include "thaw/runtime/cpu/numerics/colours.h"

namespace thaw::cpu {

struct Displacing {
  float distortion = 1;                                   ///< above 0
  Interpolation interpolation = Interpolation::bilinear;  ///< nearest or bilinear
  FillMode fill = FillMode::reflect;
  float fill_value = 0.0F;
};

/// How far each pixel is moved, to the right as far as down, as Keras's elastic_transform has it:
/// d = 0.1·distortion·longer side · blurred(σ·noise), σ = 0.05·distortion·shorter side, in a window
/// of 6⌊σ⌋ + 1. `noise`, normally distributed, is replaced by that.
void displacements(const ImageSize& size, float distortion, std::vector<float>& noise);

/// Each pixel read at its place plus its displacement, beyond the edges as TensorFlow's
/// map_coordinates in Keras has it: whole rows and columns are brought back, not places.
void displace(const ImageSize& size, const Displacing& how, std::span<const float> displacements,
              const float* x, float* y);
/// Adds to the image's gradient what the result's makes of it.
void displace_backward(const ImageSize& size, const Displacing& how,
                       std::span<const float> displacements, const float* above, float* gradient);

}  // namespace thaw::cpu
