#include "thaw/graph/layer.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_state.h"
#include "thaw/graph/layers/input_layer.h"

namespace thaw {

const Shape& Symbol::shape() const {
  if (call_ == nullptr) {
    throw Error(
        "expected the output of a layer's call, received a default Symbol, which has no shape: "
        "begin with input()");
  }
  return call_->output_shapes.at(static_cast<size_t>(index_));
}

Layer::Layer(std::unique_ptr<LayerDefinition> definition) : state_(std::make_shared<State>()) {
  state_->name = definition->given_name();
  state_->definition = std::move(definition);
}

Layer::Layer(const Functional& model) {
  state_ = model.state_->as_layer.lock();
  if (state_) return;
  state_ = std::make_shared<State>();
  state_->nested = model;
  model.state_->as_layer = state_;
}

const std::string& Layer::name() const {
  return state_->nested ? state_->nested->name() : state_->name;
}

void Layer::set_name(std::string name) const {
  (state_->nested ? state_->nested->state_->name : state_->name) = std::move(name);
}

std::string_view Layer::class_name() const {
  return state_->nested ? state_->nested->class_name() : state_->definition->type().class_name;
}

bool Layer::trainable() const {
  return state_->nested ? state_->nested->trainable() : state_->trainable;
}

void Layer::set_trainable(bool trainable) const {
  if (state_->nested) {
    state_->nested->set_trainable(trainable);
  } else {
    state_->trainable = trainable;
  }
}

std::vector<VariablePtr> Layer::variables() const {
  return state_->nested ? state_->nested->variables() : state_->variables;
}

const LayerDefinition* Layer::definition() const { return state_->definition.get(); }
const Functional* Layer::nested() const { return state_->nested ? &*state_->nested : nullptr; }

Symbol Layer::operator()(const Symbol& x, CallOptions options) const {
  return (*this)(std::vector<Symbol>{x}, options);
}

Symbol Layer::operator()(const std::vector<Symbol>& xs, CallOptions options) const {
  const std::string who = name().empty() ? fmt::format("layer {}", class_name())
                                         : fmt::format("layer \"{}\" ({})", name(), class_name());
  auto shapes = with_context(who, [&] { return build(xs); });
  return Symbol(std::make_shared<Call>(Call{*this, xs, options.training, std::move(shapes)}));
}

std::vector<Shape> Layer::build(const std::vector<Symbol>& xs) const {
  std::vector<Shape> shapes;
  shapes.reserve(xs.size());
  for (const Symbol& x : xs) shapes.push_back(x.shape());
  if (state_->nested) {
    const auto& expected = state_->nested->inputs();
    bool fits = expected.size() == shapes.size();
    for (size_t i = 0; fits && i < shapes.size(); ++i) fits = expected[i].shape() == shapes[i];
    if (!fits) {
      throw Error(fmt::format("expected an input of shape {}, received {}",
                              expected.at(0).shape().to_string(),
                              shapes.empty() ? "none" : shapes[0].to_string()));
    }
    std::vector<Shape> result;
    for (const Symbol& output : state_->nested->outputs()) result.push_back(output.shape());
    return result;
  }
  std::vector<Shape> result = {state_->definition->output_shape(shapes)};
  const auto specs = state_->definition->weights(shapes);
  if (!state_->built) {
    for (const WeightSpec& spec : specs) {
      state_->variables.push_back(std::make_shared<Variable>(
          spec.name, spec.shape, spec.can_train,
          [shape = spec.shape, initializer = spec.initializer](uint64_t seed) {
            return initializer.make(shape, seed);
          }));
    }
    state_->built = true;
  }
  for (size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].shape != state_->variables[i]->shape()) {
      throw Error(fmt::format("was built with {} of shape {}; this input would need {}",
                              specs[i].name, state_->variables[i]->shape().to_string(),
                              specs[i].shape.to_string()));
    }
  }
  return result;
}

Symbol input(Shape shape, std::string name) {
  return input_layer({.shape = std::move(shape), .name = std::move(name)})(std::vector<Symbol>{});
}

}  // namespace thaw
