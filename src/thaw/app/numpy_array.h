#pragma once

#include <filesystem>

#include "thaw/core/tensor.h"

namespace thaw::app {

/// NumPy's array files: version 1 to 3, little-endian float32, C order (numpy.lib.format's
/// documentation). Throws Error for anything else, or when the file is not as long as its header
/// says.
Tensor read_numpy_array(const std::filesystem::path& path);
void write_numpy_array(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace thaw::app
