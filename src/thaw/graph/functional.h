#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/graph/layer.h"

namespace thaw {

/// The graph between input symbols and output symbols (Keras's class of the same name). A handle,
/// see Layer: copies are the same model, and const members may change it. Calling it on a symbol
/// nests it, weights shared.
class Functional {
 public:
  /// The same of one input and one output.
  Functional(Symbol input, Symbol output, std::string name = "");
  /// Throws Error when an output does not come from the inputs or two layers share a name.
  /// Layers without a name get Keras's: conv2d, conv2d_1, …
  Functional(std::vector<Symbol> inputs, std::vector<Symbol> outputs, std::string name = "");

  const std::string& name() const;
  /// "Functional"; "Sequential" when sequential() made it.
  std::string_view class_name() const;
  /// In Keras's order (by depth, then as first met from the outputs), the InputLayer included.
  std::span<const Layer> layers() const;
  /// Throws Error listing the nearest names.
  const Layer& get_layer(std::string_view name) const;

  /// Its own flag; layers have theirs.
  bool trainable() const;
  /// Sets the flags of all layers as well, those of nested models included, as Keras does.
  void set_trainable(bool trainable) const;

  /// Calls it as a layer; a Symbol stands for its first output. Throws Error when the number or
  /// shapes of inputs are not its own.
  Symbol operator()(const Symbol& x, CallOptions options = {}) const;
  Symbol operator()(const std::vector<Symbol>& xs, CallOptions options = {}) const;

  /// As they were given; their shapes leave the batch axis out.
  const std::vector<Symbol>& inputs() const;
  const std::vector<Symbol>& outputs() const;
  /// Every call, each after those it reads from.
  std::span<const std::shared_ptr<const Call>> calls() const;
  /// What the layer of that name gives at its first call in this model. Throws Error as
  /// get_layer().
  Symbol output_of(std::string_view layer_name) const;

  /// All weights, layer by layer, in the order that Keras saves them in; what several layers share
  /// counts once, where it comes first.
  std::vector<VariablePtr> variables() const;
  /// Those of them that train, by the layers' flags; moving statistics do not.
  std::vector<VariablePtr> trainable_variables() const;
  /// Numbers in variables(), and in trainable_variables().
  int64_t count_parameters() const;
  int64_t count_trainable_parameters() const;
  /// New initial values everywhere, each a function of `seed`, its layer's name and its own.
  void initialize_weights(uint64_t seed) const;

  /// The same layers called again on an input of another shape; flags, weights and metadata are
  /// shared or copied. Throws Error when a layer's weights do not fit it (Dense behind Flatten), or
  /// this model has several inputs.
  Functional with_input_shape(const Shape& shape) const;
  /// The part from the inputs to `output`, under this model's name, metadata copied. Layers are
  /// shared. Throws Error when `output` does not come from the inputs.
  Functional up_to(const Symbol& output) const;

  /// What travels with the model beside its graph: class names, preprocessing, image size. A map,
  /// shared by all handles; files of models keep it.
  Config& metadata() const;

 private:
  friend class Layer;
  friend Functional sequential(const Symbol& input, const Symbol& output, std::string name);
  struct State;
  std::shared_ptr<State> state_;
};

/// A chain of layers (Keras's Sequential). Throws Error unless each layer from `input` to `output`
/// is called once, on nothing but what the one before it gives, and without a training argument.
Functional sequential(const Symbol& input, const Symbol& output, std::string name = "");

}  // namespace thaw
