#include "thaw/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/random.h"
#include "thaw/train/not_finite.h"

namespace thaw {
namespace {

constexpr uint64_t purpose_order = 1;
constexpr uint64_t purpose_view = 2;

/// Initial values are made when first looked at: here all at once, a network of random weights
/// having millions of them.
void make_values(const ops::Graph& graph, Threads& threads) {
  std::set<Variable*> variables;
  for (const ops::Node& node : graph.nodes) {
    if (const auto* weight = std::get_if<ops::Weight>(&node.op))
      variables.insert(weight->variable.get());
  }
  const std::vector<Variable*> list(variables.begin(), variables.end());
  threads.for_each(std::ssize(list), [&](int64_t i) { list[static_cast<size_t>(i)]->value(); });
}

int64_t columns_of(const ops::Graph& graph) { return graph[graph.outputs[0]].shape.elements(); }

void check_classes(const Dataset& data, const std::vector<int64_t>& usable,
                   const std::vector<std::string>& dropped) {
  if (data.size() == 0) throw Error("the dataset is empty");
  if (usable.empty()) throw Error("no sample can be read; the first: " + dropped.front());
  if (dropped.empty()) return;
  std::set<int64_t> before;
  std::set<int64_t> after;
  for (int64_t i = 0; i < data.size(); ++i) before.insert(data.label(i));
  for (const int64_t i : usable) after.insert(data.label(i));
  for (const int64_t label : before) {
    if (after.contains(label)) continue;
    const auto& names = data.class_names();
    const auto at = static_cast<size_t>(label);
    throw Error("class " + (at < names.size() ? names[at] : std::to_string(label)) +
                " is left empty: none of its samples can be read; one of them: " + dropped.front());
  }
}

/// Leaves those of `usable` that are among `wanted`. Throws Error when none is.
void keep_only(std::vector<int64_t> wanted, std::vector<int64_t>& usable) {
  std::ranges::sort(wanted);
  std::erase_if(usable,
                [&](int64_t sample) { return !std::ranges::binary_search(wanted, sample); });
  if (usable.empty()) throw Error("fit: none of the samples chosen can be read");
}

}  // namespace

std::vector<std::pair<std::string, VariablePtr>> changed_variables(const ops::Graph& suffix) {
  std::vector<std::pair<std::string, VariablePtr>> result;
  std::set<const Variable*> seen;
  const auto add = [&](const ops::Node& node, const ops::Weight& weight) {
    if (seen.insert(weight.variable.get()).second)
      result.emplace_back(node.name + "/" + weight.variable->name(), weight.variable);
  };
  for (const ops::Node& node : suffix.nodes) {
    if (const auto* weight = std::get_if<ops::Weight>(&node.op); weight && weight->trainable)
      add(node, *weight);
    const bool replaces_kernel = std::holds_alternative<ops::SpectralNormalization>(node.op);
    const bool keeps_statistics = std::holds_alternative<ops::BatchNormalization>(node.op);
    const ops::Phase* phase = ops::phase_of(node.op);
    if (!(replaces_kernel || keeps_statistics) || *phase == ops::Phase::inference) continue;
    for (const ops::Value input : node.inputs) {
      const auto* weight = suffix.get_if<ops::Weight>(input);
      if (weight != nullptr && (replaces_kernel || !weight->variable->can_train()))
        add(suffix[input], *weight);
    }
  }
  return result;
}

Trainer::Trainer(Engine& engine, const TrainingGraph& model, const CompileOptions& compiled,
                 const Dataset& data, const FitOptions& options, const Model* told)
    : engine_(engine),
      model_(model),
      compiled_(compiled),
      options_(options),
      data_(data),
      loss_(loss_types::find(compiled.loss.name)),
      training_(optimize(specialize(model.suffix, ops::Phase::training),
                         {.frozen = false, .traits = engine.device().traits()})),
      kept_(options.features != nullptr ? options.features : std::make_shared<KeptFeatures>()),
      meter_(compiled.loss, compiled.metrics, model.left_off) {
  if (options.batch_size < 1) {
    throw UsageError("fit: expected a batch size of 1 or more, received " +
                     std::to_string(options.batch_size));
  }
  control_.model = told;
  control_.place = options.place;
  control_.optimizer = compiled.optimizer;
  control_.epochs = options.epochs;
  for (const auto& [name, variable] : changed_variables(model.suffix))
    control_.variables.push_back(variable);
}

/// Runs what is frozen, once for all epochs; none where it was stopped.
std::optional<PassedImages> Trainer::pass(const Dataset& data,
                                          const std::shared_ptr<FrozenLayers>& frozen, bool keep,
                                          const std::optional<std::vector<int64_t>>& only) {
  auto images = pass_over(engine_, data, frozen, *kept_, keep, options_, control_);
  if (!images) return std::nullopt;
  check_classes(data, images->usable, images->dropped);
  if (only) keep_only(*only, images->usable);
  return images;
}

/// False where it was stopped while the features were computed.
bool Trainer::prepare() {
  make_values(model_.graph, engine_.threads());
  const bool keep = options_.cache == FeatureCache::automatic;
  const int64_t columns = columns_of(model_.suffix);
  targets_ = make_targets(data_, loss_, columns, options_.class_weight);
  const bool each_epoch_sees_others = data_.at_epoch(options_.seed, 0) != nullptr;
  const auto frozen =
      std::make_shared<FrozenLayers>(model_.graph, model_.cut, kept_->expected(), engine_.device());
  auto images = pass(data_, frozen, keep && !each_epoch_sees_others, options_.samples);
  if (!images) return false;
  images_ = std::move(*images);
  if (const Dataset* validation = options_.validation_data.dataset) {
    validation_targets_ = make_targets(*validation, loss_, columns, {});
    validation_images_ = pass(*validation, frozen, keep, options_.validation_samples);
    if (!validation_images_) return false;
  }
  return true;
}

Trainer::Step& Trainer::step_of(int64_t rows) {
  Step& step = steps_[rows];
  if (step.executable == nullptr) {
    step.executable = engine_.device().compile(
        training_, {.batch_size = rows, .training = true, .seed = options_.seed});
    for (const ops::Value input : training_.inputs)
      step.inputs.emplace_back(training_[input].shape.with_batch(rows));
    step.gradient = Tensor(training_[training_.outputs[0]].shape.with_batch(rows));
    if (step.executable->variables().empty()) {
      throw Error(
          "nothing trains: every weight is frozen; set_trainable(true) on a layer and "
          "compile() again");
    }
    control_.optimizer.build(step.executable->variables());
  }
  return step;
}

void Trainer::train_batch(std::span<const int64_t> samples) {
  Step& step = step_of(static_cast<int64_t>(samples.size()));
  if (step.stale) step.executable->variables_changed();
  images_.walk->next(static_cast<int64_t>(samples.size()), step.inputs);
  step.executable->set_step(static_cast<uint64_t>(compiled_.optimizer.iterations()));
  const auto outputs = step.executable->forward(step.inputs);
  meter_.add(outputs[0], targets_, samples, step.gradient.values());
  step.executable->backward({&step.gradient, 1});
  control_.optimizer.apply(step.executable->gradients(), engine_.threads());
  for (auto& [rows, other] : steps_) other.stale = true;
}

bool Trainer::stop_asked() const {
  return control_.stop_now || (options_.stop != nullptr && options_.stop->load());
}

/// Each image that can be read, in the view that this epoch shows of it.
std::vector<int64_t> Trainer::order_of(int epoch) const {
  const auto number = static_cast<uint64_t>(epoch);
  std::vector<int64_t> order = images_.usable;
  if (options_.shuffle) {
    const auto& usable = images_.usable;
    Random random(options_.seed, random_stream(number, purpose_order));
    const auto places = random.permutation(static_cast<int64_t>(usable.size()));
    for (size_t i = 0; i < places.size(); ++i) order[i] = usable[static_cast<size_t>(places[i])];
  }
  const int64_t views = data_.views();
  if (views == 1 || options_.first_views_alone) return order;
  for (int64_t& sample : order) {
    const auto image = static_cast<uint64_t>(sample / views);
    Random random(options_.seed, random_stream(random_stream(number, purpose_view), image));
    sample += random.below(static_cast<uint32_t>(views));
  }
  return order;
}

/// Whether the epoch came to its end.
bool Trainer::run_epoch(RunPosition& position) {
  const int epoch = position.epoch;
  const std::vector<int64_t> order = order_of(epoch);
  meter_.restore(position.sums);
  const auto start = std::chrono::steady_clock::now();
  const auto count = static_cast<int64_t>(order.size());
  const int64_t batches = (count + options_.batch_size - 1) / options_.batch_size;
  if (position.batch > batches) {
    throw Error("the state to go on from is at batch " + std::to_string(position.batch) +
                " of an epoch, which now has " + std::to_string(batches) +
                ": fewer images can be read than before; start anew");
  }
  images_.walk->start({order.begin() + position.batch * options_.batch_size, order.end()},
                      data_.at_epoch(options_.seed, epoch));
  const int64_t done_before = position.batch * options_.batch_size;
  for (int64_t batch = position.batch; batch < batches; ++batch) {
    const int64_t first = batch * options_.batch_size;
    const int64_t rows = std::min(options_.batch_size, count - first);
    train_batch(std::span(order).subspan(static_cast<size_t>(first), static_cast<size_t>(rows)));
    position.batch = batch + 1;
    position.sums = meter_.sums();
    if (options_.stops_unless_finite) check_finite(position);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    const auto now_done = static_cast<double>(first + rows - done_before);
    const BatchProgress progress{.epoch = epoch,
                                 .batch = batch + 1,
                                 .batches = batches,
                                 .images = first + rows,
                                 .images_per_second = now_done / std::max(elapsed.count(), 1e-9),
                                 .logs = &meter_.logs()};
    for (Callback* callback : options_.callbacks) callback->on_batch_end(control_, progress);
    position.callbacks = states_of(options_.callbacks);
    if (stop_asked() && batch + 1 < batches) return false;
  }
  epoch_logs_ = meter_.logs();
  return true;
}

/// Throws NotFinite where the step just done gave a loss or a weight that is no finite number.
void Trainer::check_finite(const RunPosition& position) const {
  const auto fail = [&](const std::string& what) {
    throw NotFinite(what + " at batch " + std::to_string(position.batch) + " of epoch " +
                    std::to_string(position.epoch + 1));
  };
  if (const double loss = position.sums.at(0); !std::isfinite(loss))
    fail(std::isnan(loss) ? "the loss is not a number" : "the loss is infinite");
  for (const VariablePtr& variable : control_.variables) {
    if (!all_finite(variable->value().values()))
      fail("a weight \"" + variable->name() + "\" is infinite or not a number");
  }
}

/// The suffix with the weights of this moment folded.
void Trainer::validate() {
  const auto graph = optimize(specialize(model_.suffix, ops::Phase::inference),
                              {.frozen = true, .traits = engine_.device().traits()});
  const auto& usable = validation_images_->usable;
  const int64_t rows = std::min(options_.batch_size, static_cast<int64_t>(usable.size()));
  const auto executable = engine_.device().compile(graph, {.batch_size = rows});
  std::vector<Tensor> inputs;
  for (const ops::Value input : graph.inputs)
    inputs.push_back(Tensor::zeros(graph[input].shape.with_batch(rows)));
  Meter meter(compiled_.loss, compiled_.metrics, model_.left_off);
  validation_images_->walk->start(usable);
  for (size_t first = 0; first < usable.size(); first += static_cast<size_t>(rows)) {
    const auto samples = std::span(usable).subspan(
        first, std::min(static_cast<size_t>(rows), usable.size() - first));
    validation_images_->walk->next(static_cast<int64_t>(samples.size()), inputs);
    const Tensor& outputs = executable->forward(inputs)[0];
    meter.add(outputs, validation_targets_, samples, {});
    if (options_.on_validation_outputs) options_.on_validation_outputs(samples, outputs);
  }
  for (const auto& entry : meter.logs("val_")) epoch_logs_.push_back(entry);
}

std::optional<Logs> Trainer::validate_alone() {
  if (options_.validation_data.dataset == nullptr) throw UsageError("validate: expected a dataset");
  if (!prepare()) return std::nullopt;
  validate();
  return epoch_logs_;
}

void Trainer::set_schedule() {
  if (!options_.schedule) return;
  LearningRateSchedule schedule = *options_.schedule;
  const auto images = static_cast<int64_t>(images_.usable.size());
  const int64_t batches = (images + options_.batch_size - 1) / options_.batch_size;
  if (schedule.steps == 0) schedule.steps = options_.epochs * batches;
  control_.optimizer.set_schedule(schedule);
}

/// What callbacks know is in the position from here on.
void Trainer::begin(RunPosition& position) {
  const std::vector<CallbackState> known = std::move(position.callbacks);
  for (Callback* callback : options_.callbacks) {
    callback->on_train_begin(control_);
    position.callbacks = known.empty() ? states_of(options_.callbacks) : known;
  }
  if (!known.empty()) restore_states(options_.callbacks, known, control_);
}

void Trainer::finish(const RunPosition& position, History& history) {
  const bool is_done = position.epoch >= options_.epochs || control_.stop_after_epoch;
  if (!is_done || position.batch != 0 || !control_.optimizer.keeps_average()) return;
  control_.optimizer.finalize_variable_values();
  if (!validation_images_ || control_.optimizer.iterations() == 0) return;
  epoch_logs_.clear();
  validate();
  history.averaged = epoch_logs_;
}

History Trainer::run(RunPosition& position) {
  History history;
  if (!prepare()) {
    begin(position);
    history.interrupted = true;
    return history;
  }
  history.dropped = images_.dropped;
  set_schedule();
  if (validation_images_) history.validation_dropped = validation_images_->dropped;
  position.history.dropped = history.dropped;
  position.history.validation_dropped = history.validation_dropped;
  begin(position);
  while (position.epoch < options_.epochs && !history.interrupted && !control_.stop_after_epoch) {
    const int epoch = position.epoch;
    for (Callback* callback : options_.callbacks) callback->on_epoch_begin(control_, epoch);
    if (!run_epoch(position)) {
      history.interrupted = true;
      break;
    }
    if (validation_images_) validate();
    ++position.epoch;
    position.batch = 0;
    position.sums.clear();
    for (History* to : {&history, &position.history}) {
      to->epochs.push_back(epoch);
      to->logs.push_back(epoch_logs_);
    }
    for (Callback* callback : options_.callbacks) {
      callback->on_epoch_end(control_, epoch, epoch_logs_);
      position.callbacks = states_of(options_.callbacks);
    }
    history.interrupted = stop_asked();
  }
  finish(position, history);
  history.stopped_early = control_.stop_after_epoch && position.epoch < options_.epochs;
  for (Callback* callback : options_.callbacks) callback->on_train_end(control_, history);
  return history;
}

}  // namespace thaw
