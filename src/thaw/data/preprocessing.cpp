#include "thaw/data/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "thaw/core/fields.h"
#include "thaw/core/named.h"

namespace thaw {
namespace {

/// (x/255 − mean)/deviation as x·scale + offset.
constexpr Preprocessing affine(const std::array<double, 3>& mean,
                               const std::array<double, 3>& deviation, ChannelOrder channels) {
  Preprocessing result{.channels = channels};
  for (size_t c = 0; c < 3; ++c) {
    result.scale[c] = static_cast<float>(1.0 / (255.0 * deviation[c]));
    result.offset[c] = static_cast<float>(-mean[c] / deviation[c]);
  }
  return result;
}

constexpr float tf_scale = 1.0F / 127.5F;
constexpr float unit_scale = 1.0F / 255.0F;

constexpr std::array table = {
    NamedPreprocessing{"none", {}},
    NamedPreprocessing{"tf", {.scale = {tf_scale, tf_scale, tf_scale}, .offset = {-1, -1, -1}}},
    NamedPreprocessing{"caffe",
                       {.offset = {-103.939F, -116.779F, -123.68F}, .channels = ChannelOrder::bgr}},
    NamedPreprocessing{"torch",
                       affine({0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}, ChannelOrder::rgb)},
    NamedPreprocessing{"unit", {.scale = {unit_scale, unit_scale, unit_scale}}},
};

/// The form in which papers give the numbers.
struct Moments {
  std::array<double, 3> mean{};
  std::array<double, 3> deviation{};
  ChannelOrder channels = ChannelOrder::rgb;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("mean", mean);
    visit("deviation", deviation);
    visit("channels", channels);
  }
};

}  // namespace

Preprocessing Preprocessing::standardized(const std::array<double, 3>& mean,
                                          const std::array<double, 3>& deviation,
                                          ChannelOrder channels) {
  for (size_t c = 0; c < 3; ++c) {
    if (std::isfinite(mean[c]) && std::isfinite(deviation[c]) && deviation[c] > 0) continue;
    throw UsageError(
        "preprocessing: expected a finite mean and a positive deviation for each channel, "
        "received " +
        std::to_string(mean[c]) + " and " + std::to_string(deviation[c]));
  }
  return affine(mean, deviation, channels);
}

void Preprocessing::apply(std::span<float> pixels) const {
  const size_t red = channels == ChannelOrder::bgr ? 2 : 0;
  for (size_t i = 0; i + 3 <= pixels.size(); i += 3) {
    const float first = pixels[i + red];
    const float last = pixels[i + 2 - red];
    pixels[i] = first * scale[0] + offset[0];
    pixels[i + 1] = pixels[i + 1] * scale[1] + offset[1];
    pixels[i + 2] = last * scale[2] + offset[2];
  }
}

void Preprocessing::apply_to_grey(std::span<float> pixels) const {
  for (float& pixel : pixels) pixel = pixel * scale[0] + offset[0];
}

bool Preprocessing::is_even() const {
  const auto alike = [](const std::array<float, 3>& x) { return x[0] == x[1] && x[1] == x[2]; };
  return alike(scale) && alike(offset);
}

std::string_view Preprocessing::name() const {
  for (const NamedPreprocessing& entry : table)
    if (entry.numbers == *this) return entry.name;
  return {};
}

Config Preprocessing::to_config() const {
  if (const std::string_view known = name(); !known.empty()) return std::string(known);
  return fields::config_of(*this);
}

Preprocessing Preprocessing::from_config(const Config& config) {
  if (config.is_string()) return preprocessing(config.as_string());
  return with_context("preprocessing", [&] {
    if (config.find("mean") != nullptr || config.find("deviation") != nullptr) {
      for (const char* both : {"mean", "deviation"}) (void)config.at(both);
      Moments moments;
      fields::read_known(config, moments);
      return standardized(moments.mean, moments.deviation, moments.channels);
    }
    Preprocessing result;
    fields::read_known(config, result);
    return result;
  });
}

std::span<const NamedPreprocessing> preprocessings() { return table; }

const Preprocessing& preprocessing(std::string_view name) {
  return find_named("preprocessing", table, name).numbers;
}

}  // namespace thaw
