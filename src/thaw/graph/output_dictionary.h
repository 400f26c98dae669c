#pragma once

#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw {

/// Notes in the model's metadata the keys of a dictionary that its outputs stood in (Keras's
/// Model(image, {"kind": a, "side": b})), one an output.
void keep_output_dictionary(const Functional& model, const std::vector<std::string>& keys);

/// Those keys; empty where there was no dictionary, or where it was of other outputs than these.
std::vector<std::string> output_dictionary(const Functional& model);

}  // namespace thaw
