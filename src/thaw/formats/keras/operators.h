#pragma once

#include <vector>

#include "thaw/formats/keras/nodes.h"
#include "thaw/formats/keras/old_names.h"

namespace thaw::keras {

/// Keras also lists arithmetic between layers, such as `x + 3` or `a * b`, as a layer: Keras 3
/// under the operation's class, tf.keras as a "TFOpLambda". For such an entry, returns the layer
/// that computes the same (Rescaling when one side is a number), and any other entry unchanged.
/// Throws Error when a layer, or an operation that is none of these, is called on a number.
ClassAndConfig layer_of_operator(ClassAndConfig what, const std::vector<Node>& nodes);

}  // namespace thaw::keras
