#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// A layer that several models of a file share is written in each of them; under this key, beside
/// its config, the copies have the same number. Keras's own key "shared_object_id" would not do:
/// Keras 3.15 cannot load a model whose layers have it.
inline constexpr const char* sharing_key = "thaw_shared_layer";

/// Makes the graph that a config of Keras 1, 2 or 3 describes. `input_shape` gives the sizes that
/// the config leaves open (null). Settings that thaw has not, such as regularizers, are named in
/// `dropped`. Throws Error naming the layer and its class.
Functional read_config(const Config& config, const std::optional<Shape>& input_shape,
                       std::vector<std::string>& dropped);

}  // namespace thaw::keras
