#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "thaw/compile/device_traits.h"
#include "thaw/core/error.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/graph.h"

namespace thaw::testing {

/// A variable of these numbers.
inline VariablePtr variable(const Shape& shape, std::vector<float> numbers,
                            std::string name = "weight") {
  return std::make_shared<Variable>(
      std::move(name), shape, true,
      [shape, numbers = std::move(numbers)](uint64_t) { return Tensor::from(shape, numbers); });
}

/// A weight of these numbers in a graph that is being built. One that trains is `trainable`.
inline ops::Value weight(ops::Builder& builder, const Shape& shape, std::vector<float> numbers,
                         bool trainable = false) {
  return builder.weight(variable(shape, std::move(numbers)), trainable, shape);
}

/// A weight of `shape`, all `number`.
inline ops::Value filled(ops::Builder& builder, const Shape& shape, float number,
                         bool trainable = false) {
  return weight(builder, shape, std::vector<float>(static_cast<size_t>(shape.elements()), number),
                trainable);
}

/// How many nodes of the graph are of this operation.
template <typename Operation>
int count(const ops::Graph& graph) {
  return static_cast<int>(std::ranges::count_if(graph.nodes, [](const ops::Node& node) {
    return std::holds_alternative<Operation>(node.op);
  }));
}

/// The only node of this operation.
template <typename Operation>
const ops::Node& only(const ops::Graph& graph) {
  for (const ops::Node& node : graph.nodes)
    if (std::holds_alternative<Operation>(node.op)) return node;
  throw Error("the graph has no such operation");
}

/// Of a device that fuses rectifiers, sigmoids and residuals, and tiles from 32 to 64 channels on.
inline DeviceTraits fusing_traits() {
  return {.activations = {Activation::Kind::relu, Activation::Kind::sigmoid},
          .fuses_residuals = true,
          .winograd = WinogradTraits{.least_inputs = 32,
                                     .least_outputs = 64,
                                     .together = 8,
                                     .least_saving = 2,
                                     .activations = {Activation::Kind::relu}}};
}

}  // namespace thaw::testing
