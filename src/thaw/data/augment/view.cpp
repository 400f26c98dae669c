#include "thaw/data/augment/view.h"

#include "thaw/core/random.h"

namespace thaw {

View seeded_view(uint64_t seed, ContentHash image, uint64_t number) {
  View view;
  if (number == 0) return view;
  Random random(seed, random_stream(random_stream(image.first, image.second), number));
  Placement& placement = view.placement;
  placement.zoom = random.uniform(0.8F, 1.0F);
  const float room = (1 - placement.zoom) / 2;
  placement.shift_x = random.uniform(-room, room);
  placement.shift_y = random.uniform(-room, room);
  placement.degrees = random.uniform(-10.0F, 10.0F);
  placement.flip = random.below(2) == 1;
  view.colour.brightness = random.uniform(-25.5F, 25.5F);
  view.colour.contrast = random.uniform(0.8F, 1.2F);
  view.colour.saturation = random.uniform(0.8F, 1.2F);
  return view;
}

View flipped_view(uint64_t number) {
  View view;
  view.placement.flip = number % 2 == 1;
  return view;
}

void show(const View& view, std::span<const float> pixels, int height, int width,
          std::span<float> out) {
  place(pixels, height, width, view.placement, out);
  const bool is_grey = out.size() == static_cast<size_t>(height) * static_cast<size_t>(width);
  if (is_grey) {
    recolour_grey(out, view.colour);
  } else {
    recolour(out, view.colour);
  }
}

}  // namespace thaw
