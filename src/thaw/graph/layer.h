#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/core/variable.h"

namespace thaw {

class Functional;
class Layer;
class LayerDefinition;
struct Call;

/// The arguments of a layer's call, as in Keras: base(x, {.training = false}).
struct CallOptions {
  std::optional<bool> training = {};
};

/// A value still to be computed: one output of one call of a layer.
class Symbol {
 public:
  Symbol() = default;
  explicit Symbol(std::shared_ptr<const Call> call, int index = 0)
      : call_(std::move(call)), index_(index) {}

  const Shape& shape() const;
  const std::shared_ptr<const Call>& call() const { return call_; }
  int index() const { return index_; }
  bool operator==(const Symbol&) const = default;

 private:
  std::shared_ptr<const Call> call_;
  int index_ = 0;
};

/// A layer and its weights. A handle: copies are the same layer, so calling one twice shares
/// weights.
class Layer {
 public:
  explicit Layer(std::unique_ptr<LayerDefinition> definition);
  /// A whole model as one layer.
  explicit Layer(const Functional& model);

  const std::string& name() const;
  void set_name(std::string name) const;
  /// "Conv2D"; of a model: "Functional" or "Sequential".
  std::string_view class_name() const;

  /// Whether its weights may be trained. Setting a model's flag sets those of all its layers.
  bool trainable() const;
  void set_trainable(bool trainable) const;

  /// Calls the layer. Weights are made at the first call, from its input's shape; throws Error
  /// naming the layer when a shape does not fit.
  Symbol operator()(const Symbol& x, CallOptions options = {}) const;
  Symbol operator()(const std::vector<Symbol>& xs, CallOptions options = {}) const;

  /// Own weights in Keras's order; a model's: those of all its layers, in their order.
  std::vector<VariablePtr> variables() const;
  /// nullptr when this layer is a model.
  const LayerDefinition* definition() const;
  /// nullptr when this layer is not a model.
  const Functional* nested() const;

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
  std::vector<Symbol> inputs;
  std::optional<bool> training;
  std::vector<Shape> output_shapes;
};

/// The start of every model: a batch of samples of `shape` (without the batch axis).
Symbol input(Shape shape, std::string name = "");

}  // namespace thaw
