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

/// One call of a layer as a config describes it, in either dialect's words.
struct Node {
  std::vector<Reference> inputs;  ///< in the order in which the call names them
  std::optional<bool> training;
  /// What stands in the call's places, and what is given by name. A tensor of the model is
  /// {"tensor": i}, i counting `inputs`; an array of numbers is nested lists.
  Config arguments = Config::List{};
  Config keywords = Config::Map{};
};

/// Which of the node's inputs an argument is; nullopt where it is no tensor.
std::optional<size_t> tensor_of(const Config& argument);

/// Whether the call is on tensors alone.
bool has_tensors_only(const Node& node);
/// Throws Error unless the call is on tensors alone, as a layer's is, and says nothing by name that
/// would change what is computed (use_causal_mask=True).
void expect_tensors_only(const Node& node);

/// Takes out of the calls of one layer what is given by that name, and tells whether it is true.
/// Throws Error where the calls differ: it becomes the layer's own.
bool take_flag(std::vector<Node>& nodes, const std::string& name);

/// Reads ["name", 0, 0]; further items are ignored. Each of the three throws Error "expected …,
/// received …" when the config has another form.
Reference read_reference(const Config& config);
/// Reads one reference, a list of them, or a dictionary: the keys input_layers and output_layers of
/// a model.
std::vector<Reference> read_references(const Config& config);
/// Reads a layer's inbound_nodes: Keras 2's [[["name", 0, 0, {}]]], Keras 3's [{"args": …,
/// "kwargs": …}].
std::vector<Node> read_nodes(const Config& config);

}  // namespace thaw::keras
