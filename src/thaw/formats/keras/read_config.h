#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// The key beside a layer's config under which one that several models hold has its number. Not
/// Keras's own "shared_object_id": a model with that on layers of its graph, Keras 3.15 cannot
/// load.
inline constexpr const char* sharing_key = "thaw_shared_layer";

/// Makes the graph that Keras's config describes, in the dialect of Keras 1, 2 or 3. `input_shape`
/// fills in sizes that the config leaves open; what it says beside the graph that is not kept goes
/// into `dropped`. Throws Error naming the layer and its class.
Functional read_config(const Config& config, const std::optional<Shape>& input_shape,
                       std::vector<std::string>& dropped);

}  // namespace thaw::keras
