#include "thaw/ops/kinds/random_augment.h"

namespace thaw::ops {

Shape RandomAugment::output_shape(std::span<const Shape> inputs) const {
  for (const RandomAffine& view : views) (void)view.output_shape(inputs);
  for (const RandomColor& color : colors) (void)color.output_shape(inputs);
  for (const RandomChange& change : changes) (void)change.output_shape(inputs);
  return inputs[0];
}

}  // namespace thaw::ops
