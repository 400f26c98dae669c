#include "thaw/runtime/cpu/numerics/mix.h"

#include <algorithm>
#include <cmath>

#include "thaw/runtime/cpu/numerics/distributions.h"

namespace thaw::cpu {
namespace {

/// How much of the image itself there is in each of its elements.
float own_part(const ops::RandomMix& op, const ImageSize& size, const DrawnMix& how,
               int64_t element) {
  if (op.kind == ops::RandomMix::Kind::mix_up) return how.weight;
  const int64_t pixel = element / size.channels;
  const int64_t row = pixel / size.columns;
  const auto x = static_cast<float>(pixel - row * size.columns);
  const auto y = static_cast<float>(row);
  const bool is_others = x >= how.left && x < how.right && y >= how.top && y < how.bottom;
  return is_others ? 0.0F : 1.0F;
}

}  // namespace

std::vector<DrawnMix> draw_mix(const ops::RandomMix& op, const Batch& batch, uint64_t seed,
                               uint64_t stream) {
  Random random = streams_of(seed, stream, 0).batch;
  const auto order = random.permutation(batch.count);
  const float alpha = random.uniform(op.alpha.low, op.alpha.high);
  std::vector<DrawnMix> drawn;
  for (int64_t i = 0; i < batch.count; ++i) {
    Random own = streams_of(seed, stream, i).image;
    DrawnMix how{.other = order[static_cast<size_t>(i)]};
    how.weight = beta_number(own, std::max(alpha, 1e-6F));
    const float part = std::sqrt(1 - how.weight);
    const float width = part * static_cast<float>(batch.size.columns);
    const float height = part * static_cast<float>(batch.size.rows);
    how.left = own.uniform() * (static_cast<float>(batch.size.columns) - width);
    how.top = own.uniform() * (static_cast<float>(batch.size.rows) - height);
    how.right = how.left + width;
    how.bottom = how.top + height;
    drawn.push_back(how);
  }
  return drawn;
}

void mix(const ops::RandomMix& op, const ImageSize& size, const std::vector<DrawnMix>& drawn,
         const float* x, float* y) {
  const int64_t elements = size.elements();
  const auto count = std::ssize(drawn);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < count; ++i) {
    const DrawnMix& how = drawn[static_cast<size_t>(i)];
    const float* own = x + i * elements;
    const float* other = x + how.other * elements;
    for (int64_t e = 0; e < elements; ++e) {
      const float part = own_part(op, size, how, e);
      y[i * elements + e] = part * own[e] + (1 - part) * other[e];
    }
  }
}

void mix_backward(const ops::RandomMix& op, const ImageSize& size,
                  const std::vector<DrawnMix>& drawn, const float* above, float* gradient) {
  const int64_t elements = size.elements();
  const auto count = std::ssize(drawn);
  // Each image is the other of just one.
  std::vector<int64_t> reader(drawn.size());
  for (int64_t i = 0; i < count; ++i)
    reader[static_cast<size_t>(drawn[static_cast<size_t>(i)].other)] = i;
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < count; ++i) {
    const int64_t by = reader[static_cast<size_t>(i)];
    for (int64_t e = 0; e < elements; ++e) {
      const float own = own_part(op, size, drawn[static_cast<size_t>(i)], e);
      const float others = 1 - own_part(op, size, drawn[static_cast<size_t>(by)], e);
      gradient[i * elements + e] =
          own * above[i * elements + e] + others * above[by * elements + e];
    }
  }
}

}  // namespace thaw::cpu
