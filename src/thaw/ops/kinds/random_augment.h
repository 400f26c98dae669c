#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/kinds/random_change.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/range.h"

namespace thaw::ops {

/// In training changes a batch of images in `steps`, each of them drawn from `views`, `colors` and
/// `changes`, with numbers of its own for each image; otherwise y = x. Without `chains` that is
/// Keras's RandAugment: a step that is drawn twice changes twice by the same numbers. With them it
/// is Keras's AugMix: each chain makes such a copy, whose steps may also be none; by weights v from
/// Dirichlet(alpha, …) and w from Beta(alpha, alpha) y = w·x + (1 − w)·Σ v·copy, held within
/// `limits`. Sources: Cubuk et al. 2019, "RandAugment"; Hendrycks et al. 2019, "AugMix".
struct RandomAugment {
  std::vector<RandomAffine> views;
  std::vector<RandomColor> colors;
  std::vector<RandomChange> changes;
  int64_t steps = 2;
  int64_t chains = 0;
  float alpha = 1.0F;
  Range limits = {0, 255};
  Phase phase = Phase::by_run;

  static constexpr const char* name = "RandomAugment";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("views", views);
    visit("colors", colors);
    visit("changes", changes);
    visit("steps", steps);
    visit("chains", chains);
    visit("alpha", alpha);
    visit("limits", limits);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "random augmentation"; }
};

}  // namespace thaw::ops
