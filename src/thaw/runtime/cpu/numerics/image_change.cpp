#include "thaw/runtime/cpu/numerics/image_change.h"

#include <algorithm>
#include <cmath>

#include "thaw/runtime/cpu/numerics/affine.h"
#include "thaw/runtime/cpu/numerics/displace.h"
#include "thaw/runtime/cpu/numerics/filter.h"

namespace thaw::cpu {
namespace {

using Kind = ops::RandomChange::Kind;

/// One image and what was drawn for it.
struct Drawn {
  const ops::RandomChange& op;
  const ImageSize& size;
  const DrawnNumbers& numbers;
  Random noise;
};

float draw(Random& random, const ops::Range& range) {
  return random.uniform(range.low, range.high);
}

/// Whether an image is changed at all.
float draw_chance(const ops::RandomChange& op, Random& random) {
  const float probability = draw(random, op.probability);
  return random.uniform() < probability ? 1.0F : 0.0F;
}

bool has_chance(Kind kind) {
  return kind == Kind::grayscale || kind == Kind::invert || kind == Kind::blur ||
         kind == Kind::erase || kind == Kind::perspective || kind == Kind::elastic;
}

bool holds_within_limits(Kind kind) {
  return kind == Kind::fade || kind == Kind::sharpen || kind == Kind::blur || kind == Kind::elastic;
}

/// Begin and end of a part of a side, anywhere.
void draw_section(float part, int64_t side, Random& random, float* section) {
  const float length = part * static_cast<float>(side);
  section[0] = random.uniform() * (static_cast<float>(side) - length);
  section[1] = section[0] + length;
}

/// Keras lets the range lie beyond 0 … 8 in part.
float draw_bits(const ops::Range& bits, Random& random) {
  const auto low = static_cast<int>(std::clamp(bits.low, 0.0F, 8.0F));
  const auto high = static_cast<int>(std::clamp(bits.high, 0.0F, 9.0F));
  if (high <= low) return static_cast<float>(low);
  return static_cast<float>(low +
                            static_cast<int>(random.below(static_cast<uint32_t>(high - low))));
}

Filter filter_of(const Drawn& image) {
  if (image.op.kind == Kind::sharpen) return smoothing_filter();
  return gaussian_filter(image.op.kernel.height, image.op.kernel.width, image.numbers[1],
                         image.numbers[2]);
}

/// Calls visit(element) for all within the box, as far as that lies within the image.
template <typename Visit>
void for_each_erased(const Drawn& image, Visit&& visit) {
  const ImageSize& size = image.size;
  const auto first = [](float edge, int64_t side) {
    return static_cast<int64_t>(std::ceil(std::clamp(edge, 0.0F, static_cast<float>(side))));
  };
  const DrawnNumbers& box = image.numbers;
  const int64_t left = first(box[1], size.columns);
  const int64_t right = first(box[2], size.columns);
  const int64_t bottom = first(box[4], size.rows);
  for (int64_t row = first(box[3], size.rows); row < bottom; ++row) {
    for (int64_t column = left; column < right; ++column)
      for (int64_t c = 0; c < size.channels; ++c)
        visit((row * size.columns + column) * size.channels + c);
  }
}

void erase(Drawn& image, const float* x, float* y) {
  const ops::Range& limits = image.op.limits;
  const std::vector<float>& fills = image.op.fill_values;
  std::copy_n(x, image.size.elements(), y);
  for_each_erased(image, [&](int64_t element) {
    float value = fills.empty() ? image.noise.normal() * limits.high : fills[0];
    if (fills.size() > 1) value = fills[static_cast<size_t>(element % image.size.channels)];
    y[element] = std::clamp(value, limits.low, limits.high);
  });
}

AffineSampling sampling_of(const Drawn& image) {
  return {.rows = image.size.rows,
          .columns = image.size.columns,
          .channels = image.size.channels,
          .interpolation = image.op.interpolation,
          .fill = FillMode::constant,
          .fill_value = image.op.fill_value};
}

Perspective map_of(const Drawn& image) {
  const auto right = static_cast<float>(image.size.columns - 1);
  const auto bottom = static_cast<float>(image.size.rows - 1);
  const std::array<std::array<float, 2>, 4> corners = {
      {{0, 0}, {right, 0}, {0, bottom}, {right, bottom}}};
  auto ends = corners;
  for (size_t i = 0; i < 8; ++i) ends[i / 2][i % 2] += ends[i / 2][i % 2] * image.numbers[i + 1];
  return perspective_of(corners, ends);
}

Displacing displacing_of(const Drawn& image) {
  return {.distortion = image.numbers[1],
          .interpolation = image.op.interpolation,
          .fill = image.op.fill,
          .fill_value = image.op.fill_value};
}

std::vector<float> displacements_of(const Drawn& image) {
  std::vector<float> noise(static_cast<size_t>(image.size.pixels()));
  Random random = image.noise;
  for (float& number : noise) number = random.normal();
  displacements(image.size, image.numbers[1], noise);
  return noise;
}

void sharpen(const Drawn& image, const float* x, float* y) {
  apply(filter_of(image), image.size, x, y);
  const float part = 1 - 2 * image.numbers[0];
  for (int64_t e = 0; e < image.size.elements(); ++e) y[e] = x[e] + part * (y[e] - x[e]);
}

/// Before it is held within the limits; without what needs the whole batch.
void change_one(Drawn& image, const float* x, float* y) {
  const ops::RandomChange& op = image.op;
  const DrawnNumbers& numbers = image.numbers;
  const ImageSize& size = image.size;
  if (has_chance(op.kind) && numbers[0] == 0) {
    std::copy_n(x, size.elements(), y);
    return;
  }
  switch (op.kind) {
    case Kind::saturation:
      return change_saturation(size, numbers[0], op.limits, x, y);
    case Kind::hue:
      return change_hue(size, numbers[0], op.limits, x, y);
    case Kind::fade:
    case Kind::grayscale:
      return fade(size, numbers[0], x, y);
    case Kind::invert:
      std::transform(x, x + size.elements(), y, [&](float v) { return op.limits.high - v; });
      return;
    case Kind::posterize:
      return posterize(size, static_cast<int>(numbers[0]), op.limits, x, y);
    case Kind::solarize:
      return solarize(size, {numbers[0], numbers[1]}, op.limits, x, y);
    case Kind::sharpen:
      return sharpen(image, x, y);
    case Kind::blur:
      return apply(filter_of(image), size, x, y);
    case Kind::auto_contrast:
      return stretch(size, op.limits, x, y);
    case Kind::erase:
      return erase(image, x, y);
    case Kind::perspective:
      return sample(sampling_of(image), map_of(image), x, y);
    case Kind::elastic:
      return displace(size, displacing_of(image), displacements_of(image), x, y);
    case Kind::equalize:
      break;
  }
}

/// Of what change_one() makes; `above` is 0 where the result is held.
void change_one_backward(const Drawn& image, const float* x, const float* above, float* gradient) {
  const ops::RandomChange& op = image.op;
  const DrawnNumbers& numbers = image.numbers;
  const ImageSize& size = image.size;
  if (has_chance(op.kind) && numbers[0] == 0) {
    std::copy_n(above, size.elements(), gradient);
    return;
  }
  switch (op.kind) {
    case Kind::fade:
    case Kind::grayscale:
      return fade_backward(size, numbers[0], above, gradient);
    case Kind::solarize:
      for (int64_t e = 0; e < size.elements(); ++e)
        gradient[e] = above[e] * solarize_slope({numbers[0], numbers[1]}, op.limits, x[e]);
      return;
    case Kind::sharpen: {
      apply_backward(filter_of(image), size, above, gradient);
      const float part = 1 - 2 * numbers[0];
      for (int64_t e = 0; e < size.elements(); ++e)
        gradient[e] = above[e] + part * (gradient[e] - above[e]);
      return;
    }
    case Kind::blur:
      return apply_backward(filter_of(image), size, above, gradient);
    case Kind::erase:
      std::copy_n(above, size.elements(), gradient);
      return for_each_erased(image, [&](int64_t element) { gradient[element] = 0; });
    case Kind::perspective:
      std::fill_n(gradient, size.elements(), 0.0F);
      return sample_backward(sampling_of(image), map_of(image), above, gradient);
    case Kind::elastic:
      std::fill_n(gradient, size.elements(), 0.0F);
      return displace_backward(size, displacing_of(image), displacements_of(image), above,
                               gradient);
    default:  // invert; the others have no gradient
      std::transform(above, above + size.elements(), gradient, [](float g) { return -g; });
  }
}

}  // namespace

Streams streams_of(uint64_t seed, uint64_t stream, int64_t image) {
  // Images are counted from 1, so that what they share is a stream of its own.
  return {.batch = Random(seed, random_stream(stream, 0)),
          .image = Random(seed, random_stream(stream, static_cast<uint64_t>(image) + 1))};
}

DrawnNumbers draw(const ops::RandomChange& op, const ImageSize& size, Streams& streams) {
  Random& random = streams.image;
  DrawnNumbers numbers{};
  if (has_chance(op.kind)) numbers[0] = draw_chance(op, random);
  switch (op.kind) {
    case Kind::saturation:
      numbers[0] = draw(random, op.amount);
      numbers[0] /= 1 - numbers[0] + 1e-7F;
      break;
    case Kind::hue: {
      const float sign = random.uniform() > 0.5F ? -1.0F : 1.0F;
      numbers[0] = sign * draw(random, op.amount) * 0.5F;
      break;
    }
    case Kind::fade:
    case Kind::sharpen:
      numbers[0] = draw(random, op.amount);
      break;
    case Kind::posterize:
      numbers[0] = draw_bits(op.amount, random);
      break;
    case Kind::solarize:
      // As Keras: only the ranges' ends are of 0 … 255.
      numbers[0] = random.uniform(op.amount.low, op.amount.high * 255);
      numbers[1] = random.uniform(op.threshold.low, op.threshold.high * 255);
      break;
    case Kind::blur:
      for (const size_t i : {1, 2}) numbers[i] = draw(streams.batch, op.amount) + 1e-6F;
      break;
    case Kind::erase: {
      const float width = std::sqrt(std::max(draw(random, op.amount), 0.0F));
      const float height = std::sqrt(std::max(draw(random, op.amount), 0.0F));
      draw_section(width, size.columns, random, &numbers[1]);
      draw_section(height, size.rows, random, &numbers[3]);
      break;
    }
    case Kind::perspective:
      for (size_t i = 1; i < 9; ++i) numbers[i] = draw(random, op.amount);
      break;
    case Kind::elastic:
      numbers[1] = draw(streams.batch, op.amount);
      break;
    case Kind::grayscale:
    case Kind::invert:
    case Kind::auto_contrast:
    case Kind::equalize:
      break;
  }
  return numbers;
}

void change(const ops::RandomChange& op, const ImageBatch& batch, const float* x, float* y) {
  const int64_t elements = batch.size.elements();
  std::vector<EqualizingTable> tables;
  if (op.kind == Kind::equalize)
    tables = equalizing_tables(batch.count, batch.size, op.bins, op.limits, x);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < batch.count; ++i) {
    const auto at = static_cast<size_t>(i);
    const float* from = x + i * elements;
    float* to = y + i * elements;
    Drawn image{op, batch.size, batch.numbers[at], batch.noise[at]};
    if (op.kind == Kind::equalize) {
      equalize(batch.size, tables, op.limits, from, to);
      continue;
    }
    change_one(image, from, to);
    if (!holds_within_limits(op.kind)) continue;
    for (int64_t e = 0; e < elements; ++e) to[e] = std::clamp(to[e], op.limits.low, op.limits.high);
  }
}

bool has_gradient(ops::RandomChange::Kind kind) {
  return has_chance(kind) || holds_within_limits(kind) || kind == Kind::solarize;
}

void change_backward(const ops::RandomChange& op, const ImageBatch& batch, const float* x,
                     const float* above, float* gradient) {
  const int64_t elements = batch.size.elements();
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < batch.count; ++i) {
    const auto at = static_cast<size_t>(i);
    Drawn image{op, batch.size, batch.numbers[at], batch.noise[at]};
    std::vector<float> reached(above + i * elements, above + (i + 1) * elements);
    if (holds_within_limits(op.kind)) {
      std::vector<float> result(reached.size());
      change_one(image, x + i * elements, result.data());
      for (size_t e = 0; e < result.size(); ++e)
        if (result[e] < op.limits.low || result[e] > op.limits.high) reached[e] = 0;
    }
    change_one_backward(image, x + i * elements, reached.data(), gradient + i * elements);
  }
}

}  // namespace thaw::cpu
