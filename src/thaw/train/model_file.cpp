// Model::load() and save(): between what a file says of training and what a Model trains with.

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/train/compile_config.h"
#include "thaw/train/model.h"
#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

/// Takes up `state`, which has a row a trainable variable.
void take_up(const OptimizerState& state, const std::vector<VariablePtr>& variables,
             Optimizer optimizer) {
  const bool fits = state.slots == optimizer.slot_names() &&
                    (state.slots.empty() || state.values.size() == variables.size());
  if (!fits) throw Error("the optimizer's state is of another form");
  optimizer.build(variables);
  for (size_t v = 0; v < state.values.size(); ++v) {
    for (size_t s = 0; s < state.slots.size(); ++s)
      optimizer.slot(v, s) = state.values[v].at(s).clone();
  }
  optimizer.set_learning_rate(state.learning_rate);
  optimizer.set_iterations(state.iterations);
}

/// What is kept; of variables that did not train so far what it begins with, which of averages are
/// the weights themselves.
OptimizerState state_of(const Optimizer& optimizer, const std::vector<VariablePtr>& variables) {
  OptimizerState state{.iterations = optimizer.iterations(),
                       .learning_rate = optimizer.learning_rate(),
                       .slots = optimizer.slot_names()};
  if (state.slots.empty()) return state;
  const std::vector<OptimizerSlot> slots = optimizer.slots();
  const auto begin = [&](const VariablePtr& variable, const OptimizerSlot& slot) {
    return slot.name == "average" ? variable->value()
                                  : Tensor::full(variable->shape(), slot.initial);
  };
  const std::vector<VariablePtr>& own = optimizer.variables();
  for (const VariablePtr& variable : variables) {
    const auto found = std::ranges::find(own, variable);
    auto& values = state.values.emplace_back();
    for (size_t s = 0; s < state.slots.size(); ++s) {
      values.push_back(found == own.end()
                           ? begin(variable, slots[s])
                           : optimizer.slot(static_cast<size_t>(found - own.begin()), s));
    }
  }
  return state;
}

void compile_as(const TrainingRecord& record, const Model& model,
                std::vector<std::string>& dropped) {
  try {
    const CompileOptions options = compile_options_from(record.compile, dropped);
    if (record.optimizer)
      take_up(*record.optimizer, model.trainable_variables(), options.optimizer);
    model.compile(options);
  } catch (const Error& error) {
    dropped.push_back(std::string("what it was compiled with: ") + error.what());
  }
}

}  // namespace

Model Model::load(const std::filesystem::path& path, const LoadOptions& options,
                  std::vector<std::string>* dropped) {
  LoadOptions with_slots = options;
  with_slots.optimizer_slots = optimizer_slots;
  ModelFile content = read_model_file(path, with_slots);
  Model model(content.model);
  if (content.training) compile_as(*content.training, model, content.dropped);
  if (dropped != nullptr) *dropped = std::move(content.dropped);
  return model;
}

void Model::save(const std::filesystem::path& path) const {
  ModelFile content{*this};
  if (const CompileOptions* options = compiled()) {
    content.training =
        TrainingRecord{to_config(*options), state_of(options->optimizer, trainable_variables())};
  }
  write_model_file(content, path);
}

}  // namespace thaw
