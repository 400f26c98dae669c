#pragma once

#include <map>
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

struct ReadOptions {
  std::optional<Shape> input_shape = {};  ///< fills in sizes that the config leaves open
  /// Of the Keras that wrote the config: 1, 2 or 3. Some words mean another thing since 3.
  int generation = 3;
  /// What Lambda layers compute, by their names (see lambda_expression.h).
  std::map<std::string, std::string> lambdas = {};
};

/// Makes the graph that a config of Keras 1, 2 or 3 describes. Settings that thaw has not, such as
/// regularizers, are named in `dropped`. Throws Error naming the layer and its class.
Functional read_config(const Config& config, const ReadOptions& options,
                       std::vector<std::string>& dropped);

}  // namespace thaw::keras
