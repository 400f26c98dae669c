#include "thaw/runtime/cpu/numerics/affine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace thaw::cpu {
namespace {

/// abcd continued as dcba|abcd|dcba, period by period.
float reflected(float place, float size) {
  const float period = 2 * size;
  if (place < 0) {
    place += period * std::trunc(-place / period);
    place = place < -size ? place + period : -place - 1;
  } else if (place > size - 1) {
    place -= period * std::trunc(place / period);
    if (place >= size) place = period - place - 1;
  }
  return place;
}

/// abcd continued as abcd|abcd|abcd; between d and a lies nothing, as in TensorFlow.
float wrapped(float place, float size) {
  if (place < 0) return place + size * (std::trunc(-place / (size - 1)) + 1);
  if (place > size - 1) return place - size * std::trunc(place / (size - 1));
  return place;
}

/// The place within an image of `count` rows or columns that stands for one beyond it.
float inside(FillMode fill, float place, int64_t count) {
  const auto size = static_cast<float>(count);
  switch (fill) {
    case FillMode::constant:
      return place;
    case FillMode::nearest:
      break;
    case FillMode::reflect:
      place = count > 1 ? reflected(place, size) : 0;
      break;
    case FillMode::wrap:
      place = count > 1 ? wrapped(place, size) : 0;
      break;
  }
  return std::clamp(place, 0.0F, size - 1);
}

struct Place {
  float x = 0;
  float y = 0;
};

Place place_of(const Affine& map, float i, float j) {
  return {map.a[0] * i + map.a[1] * j + map.a[2], map.b[0] * i + map.b[1] * j + map.b[2]};
}

/// Places that are no numbers, or beyond any image, are far outside.
Place place_of(const Perspective& map, float i, float j) {
  constexpr float outside = -1e9F;
  const float divisor = map.c[0] * i + map.c[1] * j + 1;
  const Place flat = place_of(map.view, i, j);
  const Place place = {flat.x / divisor, flat.y / divisor};
  const bool is_near = std::abs(place.x) < -outside && std::abs(place.y) < -outside;
  return is_near ? place : Place{outside, outside};
}

/// Calls visit(offset of the old pixel or −1 beyond the image, offset of the new one, weight) for
/// all that goes into the new image.
template <typename Map, typename Visit>
void for_each_source(const AffineSampling& how, const Map& map, Visit&& visit) {
  const auto offset = [&](float y, float x) -> int64_t {
    const bool is_inside =
        y >= 0 && x >= 0 && y < static_cast<float>(how.rows) && x < static_cast<float>(how.columns);
    if (!is_inside) return -1;
    return (static_cast<int64_t>(y) * how.columns + static_cast<int64_t>(x)) * how.channels;
  };
  for (int64_t row = 0; row < how.rows; ++row) {
    for (int64_t column = 0; column < how.columns; ++column) {
      const Place place = place_of(map, static_cast<float>(column), static_cast<float>(row));
      const float x = inside(how.fill, place.x, how.columns);
      const float y = inside(how.fill, place.y, how.rows);
      const int64_t target = (row * how.columns + column) * how.channels;
      if (how.interpolation == Interpolation::nearest) {
        visit(offset(std::round(y), std::round(x)), target, 1.0F);
        continue;
      }
      const float top = std::floor(y);
      const float left = std::floor(x);
      const float below = y - top;
      const float beside = x - left;
      visit(offset(top, left), target, (1 - below) * (1 - beside));
      visit(offset(top, left + 1), target, (1 - below) * beside);
      visit(offset(top + 1, left), target, below * (1 - beside));
      visit(offset(top + 1, left + 1), target, below * beside);
    }
  }
}

template <typename Map>
void read_through(const AffineSampling& how, const Map& map, const float* image, float* result) {
  std::fill_n(result, how.rows * how.columns * how.channels, 0.0F);
  for_each_source(how, map, [&](int64_t source, int64_t target, float weight) {
    if (weight == 0) return;
    for (int64_t c = 0; c < how.channels; ++c)
      result[target + c] += weight * (source < 0 ? how.fill_value : image[source + c]);
  });
}

template <typename Map>
void add_gradient(const AffineSampling& how, const Map& map, const float* above, float* gradient) {
  for_each_source(how, map, [&](int64_t source, int64_t target, float weight) {
    if (weight == 0 || source < 0) return;
    for (int64_t c = 0; c < how.channels; ++c) gradient[source + c] += weight * above[target + c];
  });
}

using Equation = std::array<double, 9>;  ///< eight factors and what they sum up to

/// Gauß's elimination with the largest pivots; none where the equations do not decide.
std::optional<std::array<double, 8>> solution_of(std::array<Equation, 8> equations) {
  for (size_t column = 0; column < 8; ++column) {
    size_t largest = column;
    for (size_t row = column; row < 8; ++row) {
      if (std::abs(equations[row][column]) > std::abs(equations[largest][column])) largest = row;
    }
    std::swap(equations[column], equations[largest]);
    const Equation pivot = equations[column];
    if (!(std::abs(pivot[column]) > 1e-12)) return std::nullopt;
    for (size_t row = 0; row < 8; ++row) {
      if (row == column) continue;
      const double factor = equations[row][column] / pivot[column];
      for (size_t i = column; i < 9; ++i) equations[row][i] -= factor * pivot[i];
    }
  }
  std::array<double, 8> result{};
  for (size_t i = 0; i < 8; ++i) result[i] = equations[i][8] / equations[i][i];
  return result;
}

}  // namespace

Affine Affine::after(const Affine& first) const {
  Affine result;
  for (int i = 0; i < 3; ++i) {
    const float shift = i == 2 ? 1.0F : 0.0F;
    result.a[i] = a[0] * first.a[i] + a[1] * first.b[i] + shift * a[2];
    result.b[i] = b[0] * first.a[i] + b[1] * first.b[i] + shift * b[2];
  }
  return result;
}

Perspective perspective_of(const std::array<std::array<float, 2>, 4>& starts,
                           const std::array<std::array<float, 2>, 4>& ends) {
  std::array<Equation, 8> equations{};
  for (size_t corner = 0; corner < 4; ++corner) {
    const double x = double{ends[corner][0]};
    const double y = double{ends[corner][1]};
    const double to_x = double{starts[corner][0]};
    const double to_y = double{starts[corner][1]};
    equations[2 * corner] = {x, y, 1, 0, 0, 0, -to_x * x, -to_x * y, to_x};
    equations[2 * corner + 1] = {0, 0, 0, x, y, 1, -to_y * x, -to_y * y, to_y};
  }
  const auto found = solution_of(equations);
  constexpr float nowhere = -1e9F;
  if (!found) return {.view = {{0, 0, nowhere}, {0, 0, nowhere}}};
  std::array<float, 8> n{};
  std::ranges::transform(*found, n.begin(), [](double x) { return static_cast<float>(x); });
  return {.view = {{n[0], n[1], n[2]}, {n[3], n[4], n[5]}}, .c = {n[6], n[7]}};
}

void sample(const AffineSampling& how, const Affine& map, const float* image, float* result) {
  read_through(how, map, image, result);
}
void sample(const AffineSampling& how, const Perspective& map, const float* image, float* result) {
  read_through(how, map, image, result);
}

void sample_backward(const AffineSampling& how, const Affine& map, const float* above,
                     float* gradient) {
  add_gradient(how, map, above, gradient);
}
void sample_backward(const AffineSampling& how, const Perspective& map, const float* above,
                     float* gradient) {
  add_gradient(how, map, above, gradient);
}

}  // namespace thaw::cpu
