#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"

namespace thaw::keras {

/// Where a call's input comes from: output `tensor` of the call `node` of a layer.
struct Reference {
  std::string layer;
  int64_t node = 0;
  int64_t tensor = 0;
};

/// One call of a layer as a config describes it.
struct Node {
  std::vector<Reference> inputs;
  std::optional<bool> training;
  std::optional<double> number;  ///< the other side of an operator: x + 3
  bool number_is_first = false;
};

/// ["name", 0, 0], with whatever stands behind them.
Reference read_reference(const Config& config);
/// One reference, or a list of them: input_layers and output_layers.
std::vector<Reference> read_references(const Config& config);
/// A layer's inbound_nodes: Keras 2's [[["name", 0, 0, {}]]], Keras 3's [{"args": …, "kwargs": …}].
std::vector<Node> read_nodes(const Config& config);

}  // namespace thaw::keras
