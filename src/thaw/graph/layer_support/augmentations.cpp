#include "thaw/graph/layer_support/augmentations.h"

#include <algorithm>

#include "thaw/ops/range.h"

namespace thaw::layers {

ops::RandomAugment Augmentations::operation() const {
  using Kind = ops::RandomChange::Kind;
  const ops::Range part = range_of(factor, 0, 1);
  const ops::Range limits = limits_of(value_range);
  const Interpolation between = simple_interpolation_of(interpolation);
  const float width = limits.high - limits.low;
  // As Keras: at least one bit, the range's end left out.
  const auto bits = static_cast<float>(std::max(1, static_cast<int>(8 * part.high)));
  ops::RandomAugment op{.limits = limits};
  op.views = {{.shear_rows = part, .shear_columns = part, .interpolation = between},
              {.shift_rows = part, .shift_columns = part, .interpolation = between},
              {.turn = part, .interpolation = between}};
  op.changes = {{.kind = Kind::posterize, .amount = {1, bits}, .limits = limits},
                {.kind = Kind::solarize, .amount = part, .threshold = part, .limits = limits},
                {.kind = Kind::auto_contrast, .limits = limits},
                {.kind = Kind::equalize, .limits = limits}};
  if (!all) return op;
  op.colors = {{.brightness = {part.low * width, part.high * width}, .limits = limits},
               {.contrast = {1 - part.low, 1 + part.high}, .limits = limits}};
  op.changes.push_back({.kind = Kind::fade, .amount = part, .limits = limits});
  op.changes.push_back({.kind = Kind::sharpen, .amount = part, .limits = limits});
  return op;
}

}  // namespace thaw::layers
