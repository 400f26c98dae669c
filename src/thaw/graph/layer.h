#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"

namespace thaw {

class Functional;
class Layer;
class LayerDefinition;
class Variable;
using VariablePtr = std::shared_ptr<Variable>;
struct Call;

/// The arguments of a layer's call, as in Keras: base(x, {.training = false}).
struct CallOptions {
  std::optional<bool> training = {};  ///< none: as the run that it is part of, fit or not
};

/// A value still to be computed: one output of one call of a layer. A handle that nothing changes:
/// copies are the same value. A default one stands for no value: it equals its like alone, call()
/// is null, and no layer may be called on it.
class Symbol {
 public:
  Symbol() = default;
  /// Output `index` of `call`, counted from 0 as in call->output_shapes.
  explicit Symbol(std::shared_ptr<const Call> call, int index = 0)
      : call_(std::move(call)), index_(index) {}

  /// Without the batch axis: an image is (height, width, channels). Throws Error for a default
  /// Symbol.
  const Shape& shape() const;
  const std::shared_ptr<const Call>& call() const { return call_; }
  int index() const { return index_; }
  bool operator==(const Symbol&) const = default;

 private:
  std::shared_ptr<const Call> call_;
  int index_ = 0;
};

/// A layer and its weights. A handle, as Functional, Model, Optimizer and VariablePtr are: copies
/// are the same layer, so calling one twice shares weights, and what is set through one is seen
/// through all. Like a pointer, a const handle always names the same layer, which it may change:
/// set_name() and set_trainable() are const, and `const Layer& layer : model.layers()` freezes.
class Layer {
 public:
  explicit Layer(std::unique_ptr<LayerDefinition> definition);
  /// A whole model as one layer; of the same model twice it is the same layer.
  explicit Layer(const Functional& model);

  /// Empty until it is given one, or a Functional takes the layer in and names it.
  const std::string& name() const;
  /// Of a model as a layer: the model's name. In a model two layers may share no name; that is
  /// checked when a Functional is made, not here: rename before, and to a name that is free.
  void set_name(std::string name) const;
  /// "Conv2D"; of a model: "Functional" or "Sequential".
  std::string_view class_name() const;

  /// Whether its weights may be trained. Setting a model's flag sets those of all its layers.
  bool trainable() const;
  /// Takes effect with the next compile of a model that it is part of, as in Keras.
  void set_trainable(bool trainable) const;

  /// Calls the layer. Weights are made at the first call, from its input's shape; throws Error
  /// naming the layer when a shape does not fit.
  Symbol operator()(const Symbol& x, CallOptions options = {}) const;
  /// The same of several inputs, for layers such as add() and concatenate().
  Symbol operator()(const std::vector<Symbol>& xs, CallOptions options = {}) const;

  /// Own weights in Keras's order, none before the first call; a model's: those of all its layers,
  /// in their order.
  std::vector<VariablePtr> variables() const;
  /// nullptr when this layer is a model. Lives as long as the layer.
  const LayerDefinition* definition() const;
  /// nullptr when this layer is not a model. Lives as long as the layer.
  const Functional* nested() const;

  /// Whether both are one layer; two layers of equal attributes are not.
  bool operator==(const Layer& other) const { return state_ == other.state_; }
  /// Identity, for maps.
  const void* id() const { return state_.get(); }

 private:
  friend class Functional;
  struct State;
  std::vector<Shape> build(const std::vector<Symbol>& xs) const;
  std::shared_ptr<State> state_;
};

/// One call of a layer in the graph that the user wrote.
struct Call {
  Layer layer;
  std::vector<Symbol> inputs;        ///< empty for the start of a model
  std::optional<bool> training;      ///< as the caller said it
  std::vector<Shape> output_shapes;  ///< without the batch axis; several for a model's several
};

/// The start of every model: a batch of samples of `shape` (without the batch axis). An empty name:
/// Keras's, when a model takes it in.
Symbol input(Shape shape, std::string name = "");

}  // namespace thaw
