#include "thaw/graph/layer_type.h"

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/ops/builder.h"

namespace thaw {

const LayerType* layer_types::find(std::string_view class_name) {
  for (const LayerType* type : all()) {
    if (type->class_name == class_name) return type;
  }
  return nullptr;
}

VariablePtr LowerContext::variable(std::string_view name) const {
  for (const VariablePtr& variable : variables_) {
    if (variable->name() == name) return variable;
  }
  throw Error("no weight \"" + std::string(name) + "\" in this layer");
}

ops::Value LowerContext::weight(std::string_view name) const {
  return weight(name, variable(name)->shape());
}

ops::Value LowerContext::weight(std::string_view name, const Shape& shape) const {
  const VariablePtr found = variable(name);
  return ops.weight(found, trainable && found->can_train(), shape);
}

}  // namespace thaw
