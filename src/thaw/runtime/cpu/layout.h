#pragma once

#include <dnnl.hpp>

#include "thaw/core/shape.h"

namespace thaw::cpu {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
/// f32 where nothing else is said.
using ElementType = dnnl::memory::data_type;

/// oneDNN's order of a batch's axes: (batch, channels, the rest), however it lies in memory.
Dims batch_dims(const Shape& sample, int64_t batch);
/// A batch as it is at every public edge: channels last, dense.
Desc plain(const Shape& sample, int64_t batch, ElementType type = ElementType::f32);
/// The same axes, the layout left to the primitive.
Desc any_layout(const Shape& sample, int64_t batch, ElementType type = ElementType::f32);
/// `sample` laid out as `like` is (blocked by 8 or 16 channels); plain where that is not possible.
Desc layout_like(const Desc& like, const Shape& sample, int64_t batch);

/// A convolution kernel [h, w, in, out] in Keras's memory order under oneDNN's axes (out, in, h,
/// w), with the group first where there are groups.
Desc plain_kernel(const Shape& kernel, int64_t groups);
/// A matrix [in, out] under oneDNN's axes (out, in).
Desc plain_matrix(const Shape& matrix);
/// A vector.
Desc plain_vector(int64_t size);
Desc any_layout(const Desc& desc, ElementType type = ElementType::f32);

/// In which layout convolutions take and give images.
enum class ImageLayout {
  chosen_by_primitive,
  channels_last,
  blocked_by_8,   ///< nChw8c; left to the primitive where the channels are no multiple of 8
  blocked_by_16,  ///< nChw16c, likewise
};
/// How many channels lie together; 1 where they are not blocked, or that is left open.
int64_t channel_block(ImageLayout layout);
Desc image_layout(ImageLayout layout, const Shape& sample, int64_t batch,
                  ElementType type = ElementType::f32);

}  // namespace thaw::cpu
