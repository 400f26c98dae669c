#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/golden_file.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_type.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw::testing {

/// One case of a layer's golden file: the layer as Keras's config describes it, called on inputs of
/// the case's shapes, with the case's weights.
struct LayerCase {
  LayerCase(const GoldenFile& file, const LayerType& layer_type, int64_t index);

  const GoldenFile& golden;
  const LayerType& type;
  std::string prefix;  ///< "case3/"
  Config config;       ///< Keras's
  bool training = false;
  std::unique_ptr<LayerDefinition> definition;
  std::vector<Tensor> inputs;
  Tensor cotangent;  ///< the gradient of the loss Σ cotangent·output
  std::vector<VariablePtr> variables;
  std::unique_ptr<Functional> model;

  ops::Graph graph() const;
  /// The graph compiled to give gradients of inputs and weights.
  std::unique_ptr<Executable> compile(Device& device) const;
  double loss(Executable& executable) const;
  std::string name_of(size_t variable) const {
    return prefix + "weight" + std::to_string(variable);
  }
};

}  // namespace thaw::testing
