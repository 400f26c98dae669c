#pragma once

#include <string>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

enum class Dialect { keras_3, legacy_h5 };

/// A model's name in a file: Keras's own for one without.
std::string name_in_file(const Functional& model);

/// The config of a model as Keras 3 writes it into a .keras file, or into a legacy .h5 file.
Config write_config(const Functional& model, Dialect dialect);

}  // namespace thaw::keras
