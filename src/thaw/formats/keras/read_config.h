#pragma once

#include <optional>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// The key in metadata() under which a model that was a Sequential says so.
inline constexpr const char* class_key = "keras_class";

/// Makes the graph that Keras's config describes, in the dialect of Keras 1, 2 or 3. A Sequential
/// becomes a chain. `input_shape` fills in sizes that the config leaves open. Throws Error naming
/// the layer and its class.
Functional read_config(const Config& config, const std::optional<Shape>& input_shape);

}  // namespace thaw::keras
