#include "thaw/train/model.h"

#include <algorithm>
#include <cstring>

#include "thaw/compile/last_dense.h"
#include "thaw/compile/lower.h"
#include "thaw/data/array_dataset.h"
#include "thaw/train/predictor.h"
#include "thaw/train/trainer.h"

namespace thaw {

struct Model::Training {
  std::optional<CompileOptions> compiled;
  /// Made at the first fit after compile(): trainable flags count as they are then.
  std::optional<TrainingGraph> graph;
  RunPosition position;
  bool restored = false;  ///< and not fit since

  const CompileOptions& options() const {
    if (!compiled) throw Error("the model must be compiled first: call compile()");
    return *compiled;
  }
};

Model::Model(const Functional& functional)
    : Functional(functional), training_(std::make_shared<Training>()) {}

Model::Model(const Symbol& input, const Symbol& output, std::string name)
    : Functional(input, output, std::move(name)), training_(std::make_shared<Training>()) {}

void Model::compile(const CompileOptions& options) const {
  if (options.optimizer.empty()) throw UsageError("compile: no optimizer was given");
  make_loss(options.loss);
  for (const std::string& metric : options.metrics) check_metric(metric);
  training_->compiled = options;
  training_->graph.reset();
  training_->position = {};
  training_->restored = false;
}

const CompileOptions* Model::compiled() const {
  return training_->compiled ? &*training_->compiled : nullptr;
}

History Model::fit(Engine& engine, const Dataset& data, const FitOptions& options) const {
  const CompileOptions& compiled = training_->options();
  if (!training_->graph)
    training_->graph = training_graph(lower(*this), loss_types::find(compiled.loss.name).logits_of);
  RunPosition& position = training_->position;
  const bool goes_on = training_->restored && position.epoch == options.initial_epoch;
  training_->restored = false;
  if (!goes_on) {
    position.epoch = options.initial_epoch;
    position.batch = 0;
    position.sums.clear();
    position.callbacks.clear();
  }
  Trainer trainer(engine, *training_->graph, compiled, data, options, this);
  return trainer.run(position);
}

std::optional<Logs> Model::validate(Engine& engine, const Dataset& data,
                                    const FitOptions& options) const {
  const CompileOptions& compiled = training_->options();
  const TrainingGraph graph =
      training_graph(lower(*this), loss_types::find(compiled.loss.name).logits_of);
  return Trainer(engine, graph, compiled, data, options).validate_alone();
}

Logs Model::evaluate(Engine& engine, const Dataset& data, const EvaluateOptions& options) const {
  const CompileOptions& compiled = training_->options();
  const LossType& loss = loss_types::find(compiled.loss.name);
  Logits logits = without_last_activation(lower(*this), loss.logits_of);
  if (options.on_features) {
    const auto features = last_dense_input(logits.graph);
    if (!features) throw Error("evaluate: expected a model that ends in a Dense layer");
    logits.graph.outputs.push_back(*features);
  }
  const Predictor predictor(logits.graph, engine);
  const int64_t columns = predictor.output_shape().elements();
  const Targets targets = make_targets(data, loss, columns, {});
  Meter meter(compiled.loss, compiled.metrics, logits.activation.kind);
  int64_t read = 0;
  predictor.run(data, [&](const Prediction& prediction) {
    if (!prediction.error.empty()) {
      if (!options.on_broken) throw Error(prediction.error);
      options.on_broken(prediction.error);
      return;
    }
    ++read;
    meter.add(Tensor::from({1, columns}, prediction.outputs), targets, {&prediction.sample, 1}, {});
    if (options.on_outputs) {
      const BatchResult row{.outputs = prediction.outputs,
                            .targets = {},
                            .weights = {},
                            .rows = 1,
                            .columns = columns,
                            .left_off = logits.activation.kind};
      options.on_outputs(prediction.sample, row.model_outputs());
    }
    if (options.on_features) options.on_features(prediction.sample, prediction.further[0]);
  });
  if (read == 0) throw Error("evaluate: no sample can be read");
  return meter.logs();
}

Tensor Model::predict(Engine& engine, const Dataset& data) const {
  const Predictor predictor(*this, engine);
  Tensor result(predictor.output_shape().with_batch(data.size()));
  predictor.run(data, [&](const Prediction& prediction) {
    if (!prediction.error.empty()) throw Error(prediction.error);
    std::ranges::copy(prediction.outputs, result.rows(prediction.sample, 1).data());
  });
  return result;
}

Tensor Model::predict(Engine& engine, const Tensor& x) const {
  return predict(engine, ArrayDataset(x));
}

std::vector<ops::Value> Model::frozen_cut() const {
  return training_graph(lower(*this), loss_types::find(training_->options().loss.name).logits_of)
      .cut;
}

TrainState Model::train_state() const {
  const CompileOptions& compiled = training_->options();
  if (!training_->graph) throw Error("train_state: the model was not fit since compile()");
  TrainState state;
  const Optimizer& optimizer = compiled.optimizer;
  for (const auto& [name, variable] : changed_variables(training_->graph->suffix)) {
    state.variables.push_back({name, variable->value().clone()});
    for (size_t i = 0; i < optimizer.variables().size(); ++i) {
      if (optimizer.variables()[i] != variable) continue;
      const auto slots = optimizer.slot_names();
      for (size_t s = 0; s < slots.size(); ++s)
        state.optimizer_slots.push_back({name + "/" + slots[s], optimizer.slot(i, s).clone()});
    }
  }
  state.optimizer = optimizer.name();
  state.learning_rate = optimizer.learning_rate();
  state.iterations = optimizer.iterations();
  state.position = training_->position;
  return state;
}

void Model::restore(const TrainState& state) const {
  const CompileOptions& compiled = training_->options();
  if (state.optimizer != compiled.optimizer.name()) {
    throw Error("restore: expected the state of optimizer " + compiled.optimizer.name() +
                ", received " + state.optimizer);
  }
  if (!training_->graph)
    training_->graph = training_graph(lower(*this), loss_types::find(compiled.loss.name).logits_of);
  const auto find = [](const std::vector<NamedTensor>& tensors, const std::string& name,
                       const Shape& shape) -> const Tensor& {
    for (const NamedTensor& tensor : tensors) {
      if (tensor.name != name) continue;
      if (tensor.value.shape() != shape) {
        throw Error("restore: " + name + ": expected shape " + shape.to_string() + ", received " +
                    tensor.value.shape().to_string());
      }
      return tensor.value;
    }
    throw Error("restore: the state has no \"" + name +
                "\": the same layers must be trainable as when it was taken");
  };
  // The order that executables have: as the graph names them.
  const auto changed = changed_variables(training_->graph->suffix);
  std::vector<VariablePtr> trainable;
  for (const auto& [name, variable] : changed) {
    if (variable->can_train()) trainable.push_back(variable);
  }
  Optimizer optimizer = compiled.optimizer;
  optimizer.build(trainable);
  // Before the first step there are none yet, and those just built are what they would be.
  const auto slots = state.iterations == 0 && state.optimizer_slots.empty()
                         ? std::vector<std::string>{}
                         : optimizer.slot_names();
  for (const auto& [name, variable] : changed) {
    variable->assign(find(state.variables, name, variable->shape()));
    for (size_t i = 0; i < optimizer.variables().size(); ++i) {
      if (optimizer.variables()[i] != variable) continue;
      for (size_t s = 0; s < slots.size(); ++s) {
        const Tensor& value = find(state.optimizer_slots, name + "/" + slots[s], variable->shape());
        std::memcpy(optimizer.slot(i, s).data(), value.data(), value.values().size_bytes());
      }
    }
  }
  optimizer.set_learning_rate(state.learning_rate);
  optimizer.set_iterations(state.iterations);
  training_->position = state.position;
  training_->restored = true;
}

}  // namespace thaw
