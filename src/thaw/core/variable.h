#pragma once

#include <memory>
#include <string>

#include "thaw/core/tensor.h"

namespace thaw {

/// One weight of a layer: a named tensor that training may change. Held by its layer and shared
/// with every graph lowered from it.
struct Variable {
  std::string name;  ///< as in Keras, without the layer: "kernel", "gamma", "moving_mean"
  Tensor value;
  /// Kept up to date by every lowering: whether the gradient reaches it. Never for moving statistics.
  bool trainable = true;
};

using VariablePtr = std::shared_ptr<Variable>;

}  // namespace thaw
