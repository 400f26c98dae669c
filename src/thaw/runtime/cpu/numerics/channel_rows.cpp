#include "thaw/runtime/cpu/numerics/channel_rows.h"

namespace thaw::cpu {

std::optional<ChannelRows> channel_rows(const Desc& desc) {
  using Tag = dnnl::memory::format_tag;
  constexpr auto type = dnnl::memory::data_type::f32;
  constexpr int64_t most_rows = 512;
  constexpr int64_t most_elements = 16384;  // 64 KiB: two of these fit a level-2 cache
  const Dims dims = desc.get_dims();
  if (dims.size() != 2 && dims.size() != 4) return {};
  const int64_t pixels = dims.size() == 4 ? dims[2] * dims[3] : 1;
  const int64_t channels = dims[1];
  if (desc == Desc(dims, type, dims.size() == 4 ? Tag::nhwc : Tag::nc)) {
    const int64_t rows = dims[0] * pixels;
    const int64_t piece = std::clamp<int64_t>(most_elements / channels, 1, most_rows);
    return ChannelRows{channels, channels, 1, rows, std::min(piece, rows)};
  }
  for (const auto& [tag, width] : {std::pair{Tag::nChw8c, 8}, std::pair{Tag::nChw16c, 16}}) {
    if (dims.size() != 4 || channels % width != 0 || desc != Desc(dims, type, tag)) continue;
    return ChannelRows{channels, width, dims[0] * channels / width, pixels,
                       std::min(most_rows, pixels)};
  }
  return {};
}

}  // namespace thaw::cpu
