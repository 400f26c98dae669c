#pragma once

#include <cstdint>
#include <string>

#include "thaw/train/model.h"

namespace thaw {

struct HeadOptions {
  int64_t classes = 0;
  /// Keras's name of the loss that the head will be trained with.
  std::string loss = "categorical_crossentropy";
  uint64_t seed = 0;  ///< of the head's initial weights
};

/// The recipe's model: Input → base(x, training=False) → GlobalAveragePooling2D → Dense(classes,
/// softmax, name="output_layer"). With binary_crossentropy and two classes the Dense has one
/// sigmoid unit; with a loss that takes no probabilities (mean_squared_error) it is linear. A base
/// that gives no image but a vector goes to the Dense as it is. Throws UsageError unless there are
/// two classes or more, and for a loss that is not known.
Model with_head(const Functional& base, const HeadOptions& options);

}  // namespace thaw
