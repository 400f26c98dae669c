#include "thaw/recipe/fold_trainer.h"

#include <algorithm>
#include <set>

#include "thaw/core/variable.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"
#include "thaw/recipe/stage_optimizer.h"

namespace thaw {
namespace {

constexpr const char* loss = "categorical_crossentropy";

/// Leaves the base as it was.
class Restored {
 public:
  Restored(const FoldTrainer& trainer, const Weights& weights)
      : trainer_(trainer), weights_(weights) {}
  ~Restored() { trainer_.assign(weights_); }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  const FoldTrainer& trainer_;
  const Weights& weights_;
};

Weights values_of(const std::vector<VariablePtr>& variables) {
  Weights result;
  result.reserve(variables.size());
  for (const VariablePtr& variable : variables) result.push_back(variable->value().clone());
  return result;
}

}  // namespace

Weights between(const Weights& from, const Weights& to, double share) {
  Weights result;
  for (size_t i = 0; i < from.size(); ++i) {
    result.push_back(from[i].clone());
    const auto values = result.back().values();
    const auto other = to[i].values();
    for (size_t j = 0; j < values.size(); ++j)
      values[j] = static_cast<float>((1 - share) * values[j] + share * other[j]);
  }
  return result;
}

FoldTrainer::FoldTrainer(const FoldTrainerInputs& inputs, const ClimbModel& model,
                         int64_t most_blocks)
    : inputs_(inputs), model_(model), network_(network_of(inputs.base)) {
  const auto layers = network_.layers();
  const auto count = static_cast<size_t>(layers_of_last(network_, most_blocks));
  std::set<const Variable*> seen;
  const auto add = [&](const Layer& layer) {
    for (const VariablePtr& variable : layer.variables())
      if (variable->can_train() && seen.insert(variable.get()).second)
        variables_.push_back(variable);
  };
  std::ranges::for_each(layers.last(count), add);
  add(model_.head);
  base_weights_ = values_of(variables_);
}

Weights FoldTrainer::with_head(const LinearHead& head) const {
  Weights result = base_weights_;
  result[result.size() - 2] = head.kernel;
  result[result.size() - 1] = head.bias;
  return result;
}

void FoldTrainer::assign(const Weights& weights) const {
  for (size_t i = 0; i < variables_.size(); ++i) variables_[i]->assign(weights[i]);
}

FitOptions FoldTrainer::fit_options(std::optional<int> fold) const {
  FitOptions options{.batch_size = inputs_.batch_size,
                     .first_views_alone = inputs_.first_views_alone,
                     .callbacks = inputs_.callbacks,
                     .class_weight = inputs_.class_weight,
                     .cache = inputs_.cache,
                     .features = inputs_.features,
                     .stop = inputs_.stop,
                     .stops_unless_finite = true};
  std::vector<int64_t> train;
  std::vector<int64_t> kept_out;
  for (size_t i = 0; i < inputs_.samples.size(); ++i)
    (fold && inputs_.folds[i] == *fold ? kept_out : train).push_back(inputs_.samples[i]);
  options.samples = std::move(train);
  if (!kept_out.empty()) {
    options.validation_data = inputs_.data;
    options.validation_samples = std::move(kept_out);
  }
  return options;
}

std::optional<RungFit> FoldTrainer::fit(const RungSettings& settings, const Weights& start,
                                        std::optional<int> fold) {
  const Restored restored(*this, base_weights_);
  assign(start);
  train_last_blocks(model_, network_, settings.blocks);
  Optimizer optimizer =
      stage_optimizer("adam", {.learning_rate = settings.learning_rate, .ema = settings.ema});
  optimizer.set_rate_factors(block_rates(network_, settings.layer_decay));
  model_.model.compile({.optimizer = std::move(optimizer), .loss = loss, .metrics = {"accuracy"}});
  FitOptions options = fit_options(fold);
  options.schedule = settings.schedule;
  options.epochs = settings.epochs;
  options.seed = settings.seed;
  const History history = model_.model.fit(inputs_.engine, inputs_.data, options);
  if (history.interrupted) return std::nullopt;
  return RungFit{values_of(variables_), history.logs};
}

std::optional<Tensor> FoldTrainer::logits(const Weights& weights, int64_t blocks, int fold) {
  const Restored restored(*this, base_weights_);
  assign(weights);
  train_last_blocks(model_, network_, blocks);
  model_.model.compile(
      {.optimizer = make_optimizer("adam", 0.0), .loss = loss, .metrics = {"accuracy"}});
  FitOptions options = fit_options(fold);
  const int64_t classes = model_.head.variables().at(1)->shape().elements();
  const auto& order = *options.validation_samples;
  Tensor result(Shape{std::ssize(order), classes});
  options.on_validation_outputs = [&](std::span<const int64_t> samples, const Tensor& outputs) {
    for (size_t i = 0; i < samples.size(); ++i) {
      const auto place = std::ranges::lower_bound(order, samples[i]) - order.begin();
      std::ranges::copy(outputs.rows(static_cast<int64_t>(i), 1).values(),
                        result.rows(place, 1).data());
    }
  };
  if (!model_.model.validate(inputs_.engine, inputs_.data, options)) return std::nullopt;
  return result;
}

std::vector<int64_t> FoldTrainer::places_of(int fold) const {
  std::vector<int64_t> result;
  for (size_t i = 0; i < inputs_.folds.size(); ++i)
    if (inputs_.folds[i] == fold) result.push_back(static_cast<int64_t>(i));
  return result;
}

}  // namespace thaw
