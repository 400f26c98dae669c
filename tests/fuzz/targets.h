#pragma once

#include <string>

namespace thaw::testing {

/// Reads what may be a file of a whole model, or of weights, and what it says of training. Returns
/// whether it could be read. Errors are caught; any other exception is a bug and passes.
bool read_h5(std::string bytes);
bool read_keras(std::string bytes);

}  // namespace thaw::testing
