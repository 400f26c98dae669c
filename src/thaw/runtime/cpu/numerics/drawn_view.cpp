#include "thaw/runtime/cpu/numerics/drawn_view.h"

#include <cmath>
#include <numbers>

namespace thaw::cpu {
namespace {

float draw(Random& random, const ops::Range& range) {
  return random.uniform(range.low, range.high);
}

}  // namespace

Affine draw_map(const ops::RandomAffine& op, const ImageSize& image, Random& random) {
  const auto rows = static_cast<float>(image.rows);
  const auto columns = static_cast<float>(image.columns);
  const float center_x = (columns - 1) / 2;
  const float center_y = (rows - 1) / 2;
  const bool flips = random.uniform() <= 0.5F;
  const float angle = draw(random, op.turn) * 2 * std::numbers::pi_v<float>;
  const float zoom_y = draw(random, op.zoom_rows);
  const float other_zoom = draw(random, op.zoom_columns);
  const float zoom_x = op.zooms_alike ? zoom_y : other_zoom;
  const float shift_y = draw(random, op.shift_rows) * rows;
  const float shift_x = draw(random, op.shift_columns) * columns;

  const bool from_right = flips && op.flips_columns;
  const bool from_below = flips && op.flips_rows;
  const Affine flip{{from_right ? -1.0F : 1.0F, 0, from_right ? columns - 1 : 0},
                    {0, from_below ? -1.0F : 1.0F, from_below ? rows - 1 : 0}};
  const float cosine = std::cos(angle);
  const float sine = std::sin(angle);
  const Affine turn{{cosine, -sine, center_x - center_x * cosine + center_y * sine},
                    {sine, cosine, center_y - center_x * sine - center_y * cosine}};
  const Affine zoom{{zoom_x, 0, center_x * (1 - zoom_x)}, {0, zoom_y, center_y * (1 - zoom_y)}};
  const Affine shift{{1, 0, -shift_x}, {0, 1, -shift_y}};
  const Affine map = flip.after(turn).after(zoom).after(shift);
  if (!op.shears()) return map;
  const float sign = random.uniform() > 0.5F ? -1.0F : 1.0F;
  const float shear_y = draw(random, op.shear_rows) * sign;
  const float shear_x = draw(random, op.shear_columns) * sign;
  return map.after({{1, shear_x, 0}, {shear_y, 1, 0}});
}

AffineSampling sampling_of(const ops::RandomAffine& op, const ImageSize& image) {
  return {.rows = image.rows,
          .columns = image.columns,
          .channels = image.channels,
          .interpolation = op.interpolation,
          .fill = op.fill,
          .fill_value = op.fill_value};
}

}  // namespace thaw::cpu
