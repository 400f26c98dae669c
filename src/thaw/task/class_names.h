#pragma once

#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw {

/// The names of the model's outputs: its own, else ImageNet's for a network of 1000 outputs, else
/// their numbers. With one output: two names.
std::vector<std::string> class_names(const Functional& model);

}  // namespace thaw
