#include "thaw/runtime/cpu/layout.h"

namespace thaw::cpu {
namespace {

using Tag = dnnl::memory::format_tag;

bool has_tag(const Desc& desc, Tag tag) {
  return desc == Desc(desc.get_dims(), ElementType::f32, tag);
}

}  // namespace

Dims batch_dims(const Shape& sample, int64_t batch) {
  Dims dims = {batch};
  if (sample.rank() > 0) dims.push_back(sample.last());
  for (int axis = 0; axis + 1 < sample.rank(); ++axis) dims.push_back(sample[axis]);
  return dims;
}

Desc plain(const Shape& sample, int64_t batch, ElementType type) {
  const Dims dims = batch_dims(sample, batch);
  Dims strides(dims.size(), 1);
  int64_t stride = sample.rank() > 0 ? sample.last() : 1;
  for (size_t axis = dims.size(); axis-- > 2;) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  strides[0] = stride;
  return {dims, type, strides};
}

Desc any_layout(const Shape& sample, int64_t batch, ElementType type) {
  return {batch_dims(sample, batch), type, Tag::any};
}
Desc any_layout(const Desc& desc, ElementType type) { return {desc.get_dims(), type, Tag::any}; }

Desc layout_like(const Desc& like, const Shape& sample, int64_t batch) {
  if (sample.rank() == 3 && like.get_dims().size() == 4) {
    for (const auto& [tag, block] : {std::pair{Tag::nChw8c, 8}, std::pair{Tag::nChw16c, 16}}) {
      if (has_tag(like, tag) && sample.last() % block == 0)
        return {batch_dims(sample, batch), ElementType::f32, tag};
    }
  }
  return plain(sample, batch);
}

int64_t channel_block(ImageLayout layout) {
  return layout == ImageLayout::blocked_by_8 ? 8 : layout == ImageLayout::blocked_by_16 ? 16 : 1;
}

Desc image_layout(ImageLayout layout, const Shape& sample, int64_t batch, ElementType type) {
  if (layout == ImageLayout::channels_last) return plain(sample, batch, type);
  if (layout == ImageLayout::blocked_by_8 && sample.rank() == 3 && sample.last() % 8 == 0)
    return {batch_dims(sample, batch), type, Tag::nChw8c};
  if (layout == ImageLayout::blocked_by_16 && sample.rank() == 3 && sample.last() % 16 == 0)
    return {batch_dims(sample, batch), type, Tag::nChw16c};
  return any_layout(sample, batch, type);
}

Desc plain_kernel(const Shape& kernel, int64_t groups) {
  const int64_t in = kernel[2];
  const int64_t out = kernel[3];
  const int64_t row = kernel[1] * in * out;
  if (groups == 1)
    return {{out, in, kernel[0], kernel[1]}, ElementType::f32, Dims{1, out, row, in * out}};
  return {{groups, out / groups, in, kernel[0], kernel[1]},
          ElementType::f32,
          Dims{out / groups, 1, out, row, in * out}};
}

Desc plain_matrix(const Shape& matrix) {
  return {{matrix[1], matrix[0]}, ElementType::f32, Dims{1, matrix[1]}};
}
Desc plain_vector(int64_t size) { return {{size}, ElementType::f32, Dims{1}}; }

}  // namespace thaw::cpu
