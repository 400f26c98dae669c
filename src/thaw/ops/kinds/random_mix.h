#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/range.h"

namespace thaw::ops {

/// In training mixes each image x with that image x′ of its batch which a drawn order puts in its
/// place, by a weight w from Beta(alpha, alpha); otherwise y = x. Sources: Zhang et al. 2018,
/// "mixup"; Yun et al. 2019, "CutMix"; both as Keras's layers of these names, called on images
/// alone.
struct RandomMix {
  enum class Kind {
    mix_up,   ///< w·x + (1 − w)·x′
    cut_mix,  ///< x′ within a box of √(1 − w) of height and width, somewhere; x around it
  };
  Kind kind = Kind::mix_up;
  Range alpha;  ///< one number for the batch
  Phase phase = Phase::by_run;

  static constexpr const char* name = "RandomMix";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("alpha", alpha);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "mix of images"; }
};

}  // namespace thaw::ops
