#include "thaw/runtime/cpu/numerics/planar.h"

namespace thaw::cpu {
namespace {

template <int channels>
void split_image(const float* from, float* to, int64_t pixels) {
  for (int64_t i = 0; i < pixels; ++i)
    for (int c = 0; c < channels; ++c) to[c * pixels + i] = from[i * channels + c];
}

}  // namespace

std::optional<std::function<void(const std::vector<float*>& data)>> interleaved_to_planar(
    const Desc& from, const Desc& to) {
  using Tag = dnnl::memory::format_tag;
  const Dims dims = from.get_dims();
  if (dims.size() != 4 || dims[1] < 2 || dims[1] > 4) return {};
  if (from != Desc(dims, ElementType::f32, Tag::nhwc) ||
      to != Desc(dims, ElementType::f32, Tag::nchw)) {
    return {};
  }
  const int64_t images = dims[0];
  const int64_t channels = dims[1];
  const int64_t pixels = dims[2] * dims[3];
  const auto split = channels == 2   ? split_image<2>
                     : channels == 3 ? split_image<3>
                                     : split_image<4>;
  return [=](const std::vector<float*>& data) {
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < images; ++i) {
      const int64_t offset = i * channels * pixels;
      split(data[0] + offset, data[1] + offset, pixels);
    }
  };
}

}  // namespace thaw::cpu
