#pragma once

#include <vector>

#include "thaw/formats/keras/nodes.h"
#include "thaw/formats/keras/old_names.h"

namespace thaw::keras {

/// Arithmetic between layers, such as `x + 3` or `a * b`, is written into the list of layers too:
/// by Keras 3 as the operation's class, by tf.keras as a "TFOpLambda". Returns the layer that
/// computes the same (Rescaling where one side is a number), or `what` itself where it is none of
/// these. Throws Error when a layer, or another operation, is called on a number.
ClassAndConfig layer_of_operator(ClassAndConfig what, const std::vector<Node>& nodes);

}  // namespace thaw::keras
