#pragma once

#include <span>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// logits = features · kernel + bias, of features as they come: standardizing and weights of groups
/// are folded in. So it is one Dense layer over the concatenated features.
struct LinearHead {
  Tensor kernel;  ///< [columns, classes]
  Tensor bias;    ///< [classes]

  /// [images, columns] → [images, classes], summed in double precision. Throws Error unless the
  /// columns are the kernel's.
  Tensor logits(const Tensor& features) const;
};

/// The head whose logits are those of `head` divided by `temperature`.
LinearHead at_temperature(const LinearHead& head, double temperature);

/// The head whose logits are the mean of these heads' logits. Throws UsageError where there are
/// none or their shapes differ.
LinearHead mean_of(std::span<const LinearHead> heads);

}  // namespace thaw
