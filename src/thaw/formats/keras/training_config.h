#pragma once

#include "thaw/core/config.h"

namespace thaw::keras {

/// Keras 3's compile_config from that of a .keras file, or from the training_config of an .h5 file,
/// of any Keras. Throws Error when it is neither.
Config modern_compile_config(const Config& config);

/// The reverse: a training_config as Keras 3 writes it into its .h5 files.
Config training_config_from(const Config& compile_config);

}  // namespace thaw::keras
