#pragma once

#include <string>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// The two ways in which Keras 3 writes configs: into .keras and into .h5 files.
enum class Dialect { keras_3, legacy_h5 };

/// The model's name, or, for a model without one, the name that Keras would give it.
std::string name_in_file(const Functional& model);

/// The config of a model as Keras 3 writes it into a .keras file or a legacy .h5 file.
Config write_config(const Functional& model, Dialect dialect);

}  // namespace thaw::keras
