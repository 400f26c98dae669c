#include "thaw/train/optimizer.h"

#include <algorithm>
#include <cmath>

#include "thaw/core/fields.h"
#include "thaw/core/named.h"
#include "thaw/train/choice.h"

namespace thaw {

struct Optimizer::State {
  std::string name;
  double learning_rate = 0;
  OptimizerCommon common;
  std::unique_ptr<UpdateRule> rule;
  LearningRateSchedule schedule;
  std::map<VariablePtr, double> rate_factors;
  int64_t iterations = 0;
  std::vector<VariablePtr> variables;
  std::vector<std::vector<Tensor>> slots;

  /// Of elements that lie side by side.
  void step(std::span<float> values, std::span<const float> gradients, std::span<float* const> all,
            const OptimizerStep& step) const;
  double rate() const { return learning_rate * schedule.factor(iterations); }
  double rate_factor(const VariablePtr& variable) const {
    const auto found = rate_factors.find(variable);
    return found == rate_factors.end() ? 1 : found->second;
  }
};

namespace {

constexpr int64_t chunk = 1 << 16;

double squared_norm(const Tensor& x) {
  double sum = 0;
  for (const float v : x.values()) sum += double{v} * v;
  return sum;
}

void scale_down(Tensor& x, double norm, double largest) {
  if (norm <= largest) return;
  const auto factor = static_cast<float>(largest / norm);
  for (float& v : x.values()) v *= factor;
}

void clip(std::span<Tensor> gradients, const OptimizerCommon& common) {
  if (common.clipnorm) {
    for (Tensor& x : gradients) scale_down(x, std::sqrt(squared_norm(x)), *common.clipnorm);
  } else if (common.global_clipnorm) {
    double sum = 0;
    for (const Tensor& x : gradients) sum += squared_norm(x);
    for (Tensor& x : gradients) scale_down(x, std::sqrt(sum), *common.global_clipnorm);
  } else if (common.clipvalue) {
    const auto limit = static_cast<float>(*common.clipvalue);
    for (Tensor& x : gradients)
      for (float& v : x.values()) v = std::clamp(v, -limit, limit);
  }
}

void check_average(std::string_view name, const OptimizerCommon& common) {
  if (!(common.ema_momentum >= 0 && common.ema_momentum <= 1)) {
    throw UsageError(std::string(name) + ": expected an ema_momentum from 0 to 1, received " +
                     std::to_string(common.ema_momentum));
  }
  if (common.ema_overwrite_frequency && *common.ema_overwrite_frequency < 1) {
    throw UsageError(std::string(name) +
                     ": expected an ema_overwrite_frequency of 1 or more, received " +
                     std::to_string(*common.ema_overwrite_frequency));
  }
}

/// After a step: into the average of what the values were after each.
void add_to_average(std::span<float> values, float* average, const OptimizerCommon& common,
                    int64_t step) {
  const float kept = step == 1 ? 0 : static_cast<float>(common.ema_momentum);
  for (size_t i = 0; i < values.size(); ++i)
    average[i] = kept * average[i] + (1 - kept) * values[i];
  const auto overwrites = common.ema_overwrite_frequency;
  if (overwrites && step % *overwrites == 0) std::copy_n(average, values.size(), values.begin());
}

}  // namespace

void Optimizer::State::step(std::span<float> values, std::span<const float> gradients,
                            std::span<float* const> all, const OptimizerStep& step) const {
  const float decay = static_cast<float>(common.weight_decay.value_or(0)) * step.learning_rate;
  if (decay != 0) {
    for (float& w : values) w -= w * decay;
  }
  rule->update(values, gradients, all.subspan(common.use_ema ? 1 : 0), step);
  if (common.use_ema) add_to_average(values, all[0], common, step.number);
}

std::vector<OptimizerSlot> all_slots(const OptimizerCommon& common,
                                     std::vector<OptimizerSlot> of_rule) {
  if (common.use_ema) of_rule.insert(of_rule.begin(), OptimizerSlot{"average"});
  return of_rule;
}

Optimizer::Optimizer(std::string_view name, double learning_rate, OptimizerCommon common,
                     std::unique_ptr<UpdateRule> rule)
    : state_(std::make_shared<State>()) {
  const int clips =
      (common.clipnorm ? 1 : 0) + (common.clipvalue ? 1 : 0) + (common.global_clipnorm ? 1 : 0);
  if (clips > 1)
    throw UsageError(std::string(name) +
                     ": expected one of clipnorm, clipvalue and global_clipnorm");
  check_average(name, common);
  state_->name = name;
  state_->common = common;
  state_->rule = std::move(rule);
  set_learning_rate(learning_rate);
}

const std::string& Optimizer::name() const { return state_->name; }
double Optimizer::learning_rate() const { return state_->learning_rate; }
int64_t Optimizer::iterations() const { return state_->iterations; }
void Optimizer::set_iterations(int64_t iterations) { state_->iterations = iterations; }
const std::vector<VariablePtr>& Optimizer::variables() const { return state_->variables; }
std::vector<OptimizerSlot> Optimizer::slots() const {
  return all_slots(state_->common, state_->rule->slots());
}
double Optimizer::current_learning_rate() const { return state_->rate(); }
void Optimizer::set_schedule(const LearningRateSchedule& schedule) { state_->schedule = schedule; }
void Optimizer::set_rate_factors(std::map<VariablePtr, double> factors) {
  state_->rate_factors = std::move(factors);
}
Tensor& Optimizer::slot(size_t index, size_t slot) { return state_->slots[index][slot]; }
const Tensor& Optimizer::slot(size_t index, size_t slot) const {
  return state_->slots[index][slot];
}

std::vector<std::string> Optimizer::slot_names() const {
  std::vector<std::string> names;
  for (const OptimizerSlot& slot : slots()) names.push_back(slot.name);
  return names;
}

void Optimizer::set_learning_rate(double learning_rate) {
  if (!(learning_rate >= 0) || !std::isfinite(learning_rate)) {
    throw UsageError(state_->name + ": expected a learning rate of 0 or more, received " +
                     std::to_string(learning_rate));
  }
  state_->learning_rate = learning_rate;
}

Config Optimizer::config() const {
  Config result(Config::Map{});
  result.set("name", state_->name).set("learning_rate", state_->learning_rate);
  const Config common = fields::config_of(state_->common);
  for (const auto& [key, value] : common.as_map()) result.set(key, value);
  result.set("loss_scale_factor", Config()).set("gradient_accumulation_steps", Config());
  const Config rule = state_->rule->config();
  for (const auto& [key, value] : rule.as_map()) result.set(key, value);
  return result;
}

void Optimizer::build(std::span<const VariablePtr> variables) {
  if (std::ranges::equal(state_->variables, variables)) return;
  const std::vector<VariablePtr> old_variables = std::move(state_->variables);
  auto old_slots = std::move(state_->slots);
  state_->variables.assign(variables.begin(), variables.end());
  state_->slots.clear();
  if (std::ranges::is_permutation(old_variables, variables)) {
    for (const VariablePtr& variable : variables) {
      const auto at = std::ranges::find(old_variables, variable) - old_variables.begin();
      state_->slots.push_back(std::move(old_slots[static_cast<size_t>(at)]));
    }
    return;
  }
  state_->iterations = 0;
  const std::vector<OptimizerSlot> kinds = slots();
  for (const VariablePtr& variable : variables) {
    auto& made = state_->slots.emplace_back();
    for (const OptimizerSlot& kind : kinds)
      made.push_back(Tensor::full(variable->shape(), kind.initial));
  }
}

void Optimizer::apply(std::span<Tensor> gradients, Threads& threads) {
  State& state = *state_;
  if (gradients.size() != state.variables.size()) {
    throw Error(state.name + ": expected " + std::to_string(state.variables.size()) +
                " gradients, received " + std::to_string(gradients.size()));
  }
  clip(gradients, state.common);
  const double rate = state.rate();
  ++state.iterations;
  for (size_t v = 0; v < gradients.size(); ++v) {
    const VariablePtr& variable = state.variables[v];
    const OptimizerStep step{static_cast<float>(rate * state.rate_factor(variable)),
                             state.iterations};
    const auto values = variable->value().values();
    const auto gradient = std::as_const(gradients[v]).values();
    const auto count = static_cast<int64_t>(values.size());
    const auto part = [&](int64_t i) {
      const auto first = static_cast<size_t>(i * chunk);
      const auto length = static_cast<size_t>(std::min(chunk, count - i * chunk));
      std::vector<float*> slots;
      for (Tensor& slot : state.slots[v]) slots.push_back(slot.data() + first);
      state.step(values.subspan(first, length), gradient.subspan(first, length), slots, step);
    };
    const int64_t parts = (count + chunk - 1) / chunk;
    if (parts > 1) {
      threads.for_each(parts, part);
    } else if (parts == 1) {
      part(0);
    }
  }
}

bool Optimizer::keeps_average() const { return state_->common.use_ema; }

void Optimizer::finalize_variable_values() {
  if (!keeps_average() || state_->iterations == 0) return;
  for (size_t v = 0; v < state_->variables.size(); ++v)
    state_->variables[v]->assign(state_->slots[v][0].clone());
}

const OptimizerType& optimizer_types::find(std::string_view name) {
  return find_named("optimizer", all(), name);
}

Optimizer make_optimizer(std::string_view text, std::optional<double> learning_rate) {
  Choice choice = parse_choice(text);
  const OptimizerType& type = optimizer_types::find(choice.name);
  if (learning_rate && choice.options.find("learning_rate") == nullptr)
    choice.options.set("learning_rate", *learning_rate);
  return with_context("optimizer " + choice.name,
                      [&] { return type.from_options(choice.options); });
}

}  // namespace thaw
