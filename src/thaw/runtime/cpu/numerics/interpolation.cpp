#include "thaw/runtime/cpu/numerics/interpolation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace thaw::cpu {
namespace {

InterpolationWeights room_for(int64_t count, int64_t outputs) {
  const auto size = static_cast<size_t>(count * outputs);
  return {count, std::vector<int64_t>(size, 0), std::vector<float>(size, 0.0F)};
}

/// The `which`-th input that goes into `output`.
void set(InterpolationWeights& weights, int64_t output, int64_t which, int64_t index,
         float weight) {
  const auto place = static_cast<size_t>(output * weights.count + which);
  weights.index[place] = index;
  weights.weight[place] = weight;
}

/// Where output `i` lies among the inputs, whose centres are whole numbers.
float centre(int64_t i, float scale) { return (static_cast<float>(i) + 0.5F) * scale - 0.5F; }

InterpolationWeights nearest(int64_t inputs, int64_t outputs) {
  InterpolationWeights result = room_for(1, outputs);
  const float scale = static_cast<float>(inputs) / static_cast<float>(outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    const auto place = static_cast<int64_t>(std::floor((static_cast<float>(i) + 0.5F) * scale));
    set(result, i, 0, std::clamp<int64_t>(place, 0, inputs - 1), 1.0F);
  }
  return result;
}

InterpolationWeights bilinear(int64_t inputs, int64_t outputs) {
  InterpolationWeights result = room_for(2, outputs);
  const float scale = static_cast<float>(inputs) / static_cast<float>(outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    const float place = centre(i, scale);
    const auto upper = std::min(static_cast<int64_t>(std::ceil(place)), inputs - 1);
    const auto lower = std::clamp<int64_t>(static_cast<int64_t>(std::floor(place)), 0, upper);
    const float part = place - std::floor(place);
    set(result, i, 0, lower, 1.0F - part);
    set(result, i, 1, upper, part);
  }
  return result;
}

/// Keys 1981, a = −1/2.
float cubic(float x) {
  if (x >= 2.0F) return 0.0F;
  if (x >= 1.0F) return ((-0.5F * x + 2.5F) * x - 4.0F) * x + 2.0F;
  return ((1.5F * x - 2.5F) * x) * x + 1.0F;
}

/// TensorFlow looks the kernel up at multiples of 1/1024.
InterpolationWeights bicubic(int64_t inputs, int64_t outputs) {
  constexpr float steps = 1024.0F;
  InterpolationWeights result = room_for(4, outputs);
  const float scale = static_cast<float>(inputs) / static_cast<float>(outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    const float place = centre(i, scale);
    const float part = std::nearbyint((place - std::floor(place)) * steps) / steps;
    const std::array<float, 4> weights = {cubic(1.0F + part), cubic(part), cubic(1.0F - part),
                                          cubic(2.0F - part)};
    const auto first = static_cast<int64_t>(std::floor(place)) - 1;
    const auto inside = [&](int64_t which) { return first + which >= 0 && first + which < inputs; };
    float total = 0;
    for (int64_t which = 0; which < 4; ++which)
      if (inside(which)) total += weights[static_cast<size_t>(which)];
    for (int64_t which = 0; which < 4; ++which)
      if (inside(which))
        set(result, i, which, first + which, weights[static_cast<size_t>(which)] / total);
  }
  return result;
}

/// Duchon 1979.
float lanczos(float radius, float x) {
  constexpr float pi = std::numbers::pi_v<float>;
  if (x > radius) return 0.0F;
  if (x <= 1e-3F) return 1.0F;
  return radius * std::sin(pi * x) * std::sin(pi * x / radius) / (pi * pi * x * x);
}

float radius_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::bicubic:
      return 2.0F;
    case Interpolation::lanczos3:
      return 3.0F;
    case Interpolation::lanczos5:
      return 5.0F;
    default:
      return 1.0F;
  }
}

float kernel(Interpolation interpolation, float x) {
  switch (interpolation) {
    case Interpolation::bicubic:
      return cubic(x);
    case Interpolation::lanczos3:
    case Interpolation::lanczos5:
      return lanczos(radius_of(interpolation), x);
    default:
      return std::max(0.0F, 1.0F - x);
  }
}

/// A kernel's weights over all inputs within its radius. With `antialias`, an image that shrinks is
/// smoothed: the radius grows by as much as the image shrinks.
InterpolationWeights spanned(Interpolation interpolation, bool antialias, int64_t inputs,
                             int64_t outputs) {
  const float step = 1.0F / (static_cast<float>(outputs) / static_cast<float>(inputs));
  const float stretch = antialias ? std::max(step, 1.0F) : 1.0F;
  const float reach = radius_of(interpolation) * stretch;
  InterpolationWeights result =
      room_for(std::min(2 * static_cast<int64_t>(std::ceil(reach)) + 1, inputs), outputs);
  std::vector<float> weights;
  for (int64_t i = 0; i < outputs; ++i) {
    const float place = (static_cast<float>(i) + 0.5F) * step;
    if (place < 0 || place > static_cast<float>(inputs)) continue;
    const auto within = [&](float x) {
      return std::clamp<int64_t>(static_cast<int64_t>(x), 0, inputs - 1);
    };
    const int64_t first = within(std::ceil(place - reach - 0.5F));
    const int64_t last = within(std::floor(place + reach - 0.5F));
    weights.clear();
    float total = 0;
    for (int64_t source = first; source <= last; ++source) {
      const float distance = static_cast<float>(source) + 0.5F - place;
      weights.push_back(kernel(interpolation, std::abs(distance * (1.0F / stretch))));
      total += weights.back();
    }
    if (std::abs(total) < 1000.0F * std::numeric_limits<float>::min()) continue;
    const int64_t count = std::min(last - first + 1, result.count);
    for (int64_t which = 0; which < count; ++which)
      set(result, i, which, first + which, weights[static_cast<size_t>(which)] * (1.0F / total));
  }
  return result;
}

}  // namespace

InterpolationWeights interpolation_weights(Interpolation interpolation, bool antialias,
                                           int64_t inputs, int64_t outputs) {
  if (interpolation == Interpolation::nearest) return nearest(inputs, outputs);
  const bool is_lanczos =
      interpolation == Interpolation::lanczos3 || interpolation == Interpolation::lanczos5;
  if (antialias || is_lanczos) return spanned(interpolation, antialias, inputs, outputs);
  return interpolation == Interpolation::bilinear ? bilinear(inputs, outputs)
                                                  : bicubic(inputs, outputs);
}

}  // namespace thaw::cpu
