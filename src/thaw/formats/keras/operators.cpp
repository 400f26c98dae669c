#include "thaw/formats/keras/operators.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operator_call.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/identity.h"

namespace thaw::keras {
namespace {

bool is_of_tensorflow(const ClassAndConfig& what) {
  return what.class_name == "TFOpLambda" || what.class_name == "SlicingOpLambda";
}

std::string function_of(const ClassAndConfig& what) {
  const Config* function = what.config.find("function");
  if (function == nullptr) function = what.config.find("symbol");  // TensorFlow 2.3
  return function == nullptr ? "__operators__.getitem" : function->as_string();
}

template <typename Matches>
const Operator* find_operator(Matches&& matches) {
  for (const auto& group : {arithmetic_operators(), activation_operators(), shape_operators(),
                            image_operators(), logic_operators(), placement_operators()}) {
    for (const Operator& one : group)
      if (matches(one)) return &one;
  }
  return nullptr;
}

const Operator* operator_for(const ClassAndConfig& what) {
  if (!is_of_tensorflow(what))
    return find_operator([&](const Operator& one) { return one.keras == what.class_name; });
  const std::string function = function_of(what);
  return find_operator([&](const Operator& one) { return one.tensorflow == function; });
}

}  // namespace

bool is_operator(const ClassAndConfig& what, const std::string& module,
                 const std::vector<Node>& nodes) {
  if (is_of_tensorflow(what)) return true;
  if (module.starts_with("keras.src.ops") || module.starts_with("keras.ops") ||
      module.starts_with("keras_core.src.ops") || module.starts_with("keras.src.backend"))
    return true;
  // An .h5 file names no modules, and some operations are called as layers are.
  if (!module.empty() || operator_for(what) == nullptr) return false;
  const LayerType* layer = layer_types::find(what.class_name);
  const bool is_called_as_layer = std::ranges::all_of(nodes, has_tensors_only);
  return layer == nullptr || layer->is_operation() || !is_called_as_layer ||
         what.config.find("newshape") != nullptr ||
         (what.class_name == "Average" && what.config.find("axis") != nullptr);
}

std::vector<Symbol> apply_operator(const ClassAndConfig& what, const Node& node,
                                   const std::vector<Symbol>& inputs) {
  const std::string who =
      is_of_tensorflow(what) ? "tf." + function_of(what) : "keras.ops " + what.class_name;
  const Operator* found = operator_for(what);
  if (found == nullptr) {
    throw Error(fmt::format(
        "the operation {} is not known here; rebuild this part of the model in Keras with layers",
        who));
  }
  return with_context(who, [&] {
    const OperatorCall call(what, found->word, node, inputs);
    std::vector<Symbol> results = found->apply(call);
    call.expect_no_more();
    // What changes nothing is a layer too, so that the name leads somewhere.
    for (Symbol& result : results) {
      for (const Symbol& input : inputs) {
        if (result == input) {
          result = call.call(identity(), result);
          break;
        }
      }
    }
    if (results.size() == 1) results[0].call()->layer.set_name(what.config.at("name").as_string());
    return results;
  });
}

}  // namespace thaw::keras
