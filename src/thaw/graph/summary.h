#pragma once

#include <string>

#include "thaw/graph/functional.h"

namespace thaw {

/// A table of layers with output shape, parameters and whether they train, and the totals below
/// it, as Keras's model.summary() has them. Nested models are expanded, indented.
std::string summary(const Functional& model);

}  // namespace thaw
