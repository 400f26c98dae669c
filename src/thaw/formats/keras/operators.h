#pragma once

#include <string>
#include <vector>

#include "thaw/formats/keras/nodes.h"
#include "thaw/formats/keras/old_names.h"
#include "thaw/graph/layer.h"

namespace thaw::keras {

/// Whether an entry of a list of layers is no layer but arithmetic between layers, such as `x + 3`
/// or `x[..., ::-1]`: tf.keras writes it as a "TFOpLambda" or "SlicingOpLambda", Keras 3 as the
/// operation's class. `module` is what the entry says of that, empty where it says nothing.
bool is_operator(const ClassAndConfig& what, const std::string& module,
                 const std::vector<Node>& nodes);

/// Calls layers on `inputs` that compute what the operator does; the last is named as the entry.
/// An operator of several results (split) gives them all. Throws Error naming the operation for one
/// that is not known, or is not known with such arguments.
std::vector<Symbol> apply_operator(const ClassAndConfig& what, const Node& node,
                                   const std::vector<Symbol>& inputs);

}  // namespace thaw::keras
