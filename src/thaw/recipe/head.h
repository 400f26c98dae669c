#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/train/model.h"

namespace thaw {

struct HeadOptions {
  int64_t classes = 0;
  /// The loss that the head will be trained with, as Loss reads it.
  std::string loss = "categorical_crossentropy";
  uint64_t seed = 0;  ///< of the head's initial weights
  /// What stands before the last Dense, separated by commas: "dense 128 relu, dropout 0.3"
  /// (hidden_layers()); empty: nothing.
  std::string hidden = {};
};

/// Layers by Keras's names with their numbers: "dense UNITS [ACTIVATION]" (relu unless it is said),
/// "dropout RATE", "batch_normalization". Throws UsageError for anything else.
std::vector<Layer> hidden_layers(std::string_view text);

/// The recipe's model: Input → base(x, training=False) → GlobalAveragePooling2D → hidden layers,
/// where they are asked for → Dense(classes, softmax, name="output_layer"). The loss says what the
/// Dense ends in: softmax for a crossentropy, one sigmoid unit for binary_crossentropy and two
/// classes, linear for others. A base that gives no image but a vector goes to the Dense as it is.
/// Throws UsageError unless there are two classes or more and the loss is known.
Model with_head(const Functional& base, const HeadOptions& options);

}  // namespace thaw
