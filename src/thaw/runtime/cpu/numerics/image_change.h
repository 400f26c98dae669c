#pragma once

#include <array>
#include <span>

#include "thaw/core/random.h"
#include "thaw/ops/kinds/random_change.h"
#include "thaw/runtime/cpu/numerics/colours.h"

namespace thaw::cpu {

/// Where an image's numbers come from.
struct Streams {
  Random batch;  ///< the same for all images of a batch
  Random image;
};

/// A function of the seed, of `stream`, which is one of step and layer, and of the image's place in
/// its batch, so no number depends on threads or on a run's interruption.
Streams streams_of(uint64_t seed, uint64_t stream, int64_t image);

/// What is drawn for one image, as Keras's get_random_transformation() gives it. By kind:
///   saturation: what it is multiplied by       hue: what is added          fade, sharpen: a
///   grayscale, invert: whether (1 or 0)        posterize: the bits kept
///   solarize: addition and threshold           blur: whether, both sigmas
///   erase: whether; left, right, top, bottom   perspective: whether; x and y of four corners'
///   parts elastic: whether, distortion
using DrawnNumbers = std::array<float, 9>;

DrawnNumbers draw(const ops::RandomChange& op, const ImageSize& size, Streams& streams);

struct ImageBatch {
  int64_t count = 0;
  ImageSize size;
  std::span<const DrawnNumbers> numbers;  ///< of each image
  std::span<const Random> noise;          ///< of each image: what numbers for its pixels come from
};

/// All images x of a batch, changed: y. y is not x.
void change(const ops::RandomChange& op, const ImageBatch& batch, const float* x, float* y);

/// Whether the change has a gradient that is worth one: none where values are rounded, or where
/// Keras has none either.
bool has_gradient(ops::RandomChange::Kind kind);
/// The gradient of change().
void change_backward(const ops::RandomChange& op, const ImageBatch& batch, const float* x,
                     const float* above, float* gradient);

}  // namespace thaw::cpu
