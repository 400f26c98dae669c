#pragma once

// What the handles Layer and Functional share; for graph/ alone.

#include <optional>

#include "thaw/core/variable.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_type.h"

namespace thaw {

struct Layer::State {
  std::string name;  ///< of a model as a layer: unused, the model has it
  bool trainable = true;
  bool built = false;
  std::unique_ptr<LayerDefinition> definition;
  std::optional<Functional> nested;
  std::vector<VariablePtr> variables;
};

struct Functional::State {
  std::string name;
  bool trainable = true;
  bool is_sequential = false;
  std::vector<Symbol> inputs;
  std::vector<Symbol> outputs;
  std::vector<std::shared_ptr<const Call>> calls;
  std::vector<Layer> layers;
  Config metadata{Config::Map{}};
  std::weak_ptr<Layer::State> as_layer;  ///< so that nesting the same model twice is the same layer
};

}  // namespace thaw
