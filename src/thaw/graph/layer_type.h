#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/graph/initializer.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/value.h"

namespace thaw {

class Config;
class Variable;
using VariablePtr = std::shared_ptr<Variable>;
class LayerDefinition;

namespace ops {
class Builder;
}  // namespace ops

/// One kind of layer: a row of the table that CMake makes from the files of graph/layers/.
struct LayerType {
  std::string_view class_name;  ///< Keras's: "Conv2D"
  /// Reads Keras's config of this layer, in any dialect; throws Error naming the key.
  std::unique_ptr<LayerDefinition> (*from_config)(const Config& config);
  /// Where Keras finds the class.
  std::string_view module = "keras.layers";
  /// The member of the config that Keras writes into each call: of its operations a value behind
  /// the tensors, of attention a flag by name. Empty where there is none.
  std::string_view called_with = {};

  /// Whether it is an operation of Keras 3, x[key] or |x|, which has neither flags nor weights.
  bool is_operation() const { return module.starts_with("keras.src.ops"); }
};

namespace layer_types {
/// Every kind of layer there is, in the order of the files' names.
std::span<const LayerType* const> all();
/// nullptr when there is none of that class name.
const LayerType* find(std::string_view class_name);
}  // namespace layer_types

/// What a layer says of one of its weights.
struct WeightSpec {
  std::string name;  ///< as in Keras, without the layer: "kernel"; no two of a layer are the same
  Shape shape;       ///< Keras's layout: Dense [in, out], Conv2D [rows, columns, in, out]
  Initializer initializer;
  bool can_train = true;  ///< false: moving statistics, which no optimizer touches
};

/// What a layer lowers itself with.
class LowerContext {
 public:
  LowerContext(ops::Builder& builder, std::span<const VariablePtr> variables, bool is_trainable,
               ops::Phase call_phase)
      : ops(builder), trainable(is_trainable), phase(call_phase), variables_(variables) {}

  ops::Builder& ops;  ///< the graph that the layer's operations go to
  bool trainable;     ///< the layer's own flag
  /// `inference` under training=False, `training` under training=True, else by_run.
  ops::Phase phase;

  /// The layer's weight of that name as a value of the graph; throws Error when it has none.
  ops::Value weight(std::string_view name) const;
  /// The same numbers under another shape of as many elements.
  ops::Value weight(std::string_view name, const Shape& shape) const;
  /// The weight itself; throws Error when the layer has none of that name.
  VariablePtr variable(std::string_view name) const;

 private:
  std::span<const VariablePtr> variables_;
};

/// What a layer is, without its weights: the type-erased form of the structs in graph/layers/.
/// Shapes leave the batch axis out: an image is [H, W, C].
class LayerDefinition {
 public:
  virtual ~LayerDefinition() = default;
  virtual const LayerType& type() const = 0;
  /// The name it was given; empty: named when a model takes it in.
  virtual const std::string& given_name() const = 0;
  /// Throws Error for attributes out of range and for inputs, in number or shape, that do not fit.
  virtual Shape output_shape(std::span<const Shape> inputs) const = 0;
  /// In Keras's order: those that can train first. `inputs` are ones that output_shape() took.
  virtual std::vector<WeightSpec> weights(std::span<const Shape> inputs) const = 0;
  /// Adds its operations to context.ops; the value returned has output_shape().
  virtual ops::Value lower(const LowerContext& context,
                           std::span<const ops::Value> inputs) const = 0;
  /// Keras 3's config, without name, trainable and dtype.
  virtual Config config() const = 0;
};

}  // namespace thaw
