#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"

namespace thaw::keras {

/// Where an input of a layer's call comes from: output number `tensor` of call number `node` of
/// another layer.
struct Reference {
  std::string layer;
  int64_t node = 0;
  int64_t tensor = 0;
};

/// One call of a layer, as a config describes it.
struct Node {
  std::vector<Reference> inputs;
  std::optional<bool> training;  ///< the call's argument training=
  std::optional<double> number;  ///< for an operator on a tensor and a number: 3 in x + 3
  bool number_is_first = false;  ///< 3 − x in place of x − 3
};

/// Reads ["name", 0, 0]; further items are ignored. Each of the three throws Error "expected …,
/// received …" when the config has another form.
Reference read_reference(const Config& config);
/// Reads one reference or a list of them: the keys input_layers and output_layers of a model.
std::vector<Reference> read_references(const Config& config);
/// Reads a layer's inbound_nodes: Keras 2's [[["name", 0, 0, {}]]], Keras 3's [{"args": …,
/// "kwargs": …}].
std::vector<Node> read_nodes(const Config& config);

}  // namespace thaw::keras
