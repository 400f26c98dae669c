#pragma once

#include <string>
#include <vector>

#include "thaw/train/model.h"

namespace thaw {

/// What compile() was told, as Keras 3's compile_config.
Config to_config(const CompileOptions& options);

/// The reverse, in any dialect. Throws Error naming the optimizer or the loss that is not known, or
/// what is asked of it; metrics and weights that are not kept go into `dropped`, a line each.
CompileOptions compile_options_from(const Config& config, std::vector<std::string>& dropped);

}  // namespace thaw
