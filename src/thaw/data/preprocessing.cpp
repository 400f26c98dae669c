#include "thaw/data/preprocessing.h"

#include <string>
#include <utility>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// (x/255 − mean)/deviation as x·scale + offset, computed in double and rounded once.
constexpr Preprocessing standardized(std::string_view name, std::array<double, 3> mean,
                                     std::array<double, 3> deviation) {
  Preprocessing result{.name = name};
  for (size_t c = 0; c < 3; ++c) {
    result.scale[c] = static_cast<float>(1.0 / (255.0 * deviation[c]));
    result.offset[c] = static_cast<float>(-mean[c] / deviation[c]);
  }
  return result;
}

constexpr float tf_scale = 1.0F / 127.5F;

constexpr std::array table = {
    Preprocessing{.name = "none"},
    Preprocessing{.name = "tf", .scale = {tf_scale, tf_scale, tf_scale}, .offset = {-1, -1, -1}},
    Preprocessing{
        .name = "caffe", .offset = {-103.939F, -116.779F, -123.68F}, .swap_red_blue = true},
    standardized("torch", {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}),
};

}  // namespace

void Preprocessing::apply(std::span<float> pixels) const {
  const size_t red = swap_red_blue ? 2 : 0;
  for (size_t i = 0; i + 3 <= pixels.size(); i += 3) {
    const float first = pixels[i + red];
    const float last = pixels[i + 2 - red];
    pixels[i] = first * scale[0] + offset[0];
    pixels[i + 1] = pixels[i + 1] * scale[1] + offset[1];
    pixels[i + 2] = last * scale[2] + offset[2];
  }
}

std::span<const Preprocessing> preprocessings() { return table; }

const Preprocessing& preprocessing(std::string_view name) {
  std::string names;
  for (const Preprocessing& entry : table) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw UsageError("preprocessing: expected one of " + names + ", received \"" + std::string(name) +
                   "\"");
}

}  // namespace thaw
