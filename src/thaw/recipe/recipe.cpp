#include "thaw/recipe/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/random.h"
#include "thaw/features/kept_features.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"
#include "thaw/recipe/stage_optimizer.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Checks them, and settles how many layers each stage unfreezes.
void settle(RecipeOptions& options, const Functional& base, const Functional& network) {
  const int64_t layers = std::ssize(counted_layers(network));
  const std::string of = network.name() == base.name() ? "" : " (\"" + network.name() + "\")";
  for (StageOptions& stage : options.stages) {
    if (stage.epochs < 0)
      throw UsageError(
          fmt::format("{}: expected 0 epochs or more, received {}", stage.name, stage.epochs));
    if (!(stage.layer_decay > 0 && stage.layer_decay <= 1)) {
      throw UsageError(fmt::format("{}: expected a layer decay above 0 and up to 1, received {}",
                                   stage.name, stage.layer_decay));
    }
    if (stage.warmup && !(*stage.warmup >= 0 && *stage.warmup < 1)) {
      throw UsageError(fmt::format("{}: expected a warm-up from 0 to below 1, received {}",
                                   stage.name, *stage.warmup));
    }
    if (stage.unfreeze_blocks)
      stage.unfreeze = layers_of_last(network, *std::exchange(stage.unfreeze_blocks, {}));
    if (stage.unfreeze && stage.at_most) stage.unfreeze = std::min(*stage.unfreeze, layers);
    if (stage.epochs > 0 && stage.unfreeze && (*stage.unfreeze < 0 || *stage.unfreeze > layers)) {
      throw UsageError(
          fmt::format("{}: expected to unfreeze from 0 to all {} layers of the base{}, received {}",
                      stage.name, layers, of, *stage.unfreeze));
    }
  }
  if (std::ranges::all_of(options.stages, [](const auto& stage) { return stage.epochs == 0; }))
    throw UsageError("nothing to do: every stage has 0 epochs");
}

std::string loss_of(const RecipeOptions& options) {
  return options.loss.value_or("categorical_crossentropy");
}

/// Freezes every layer of `model` that is no part of `network`. Returns whether that lies in it.
bool freeze_around(const Functional& model, const Functional& network) {
  if (Layer(model) == Layer(network)) return true;
  bool found = false;
  for (const Layer& layer : model.layers()) {
    if (layer.nested() != nullptr && freeze_around(*layer.nested(), network)) {
      found = true;
    } else {
      layer.set_trainable(false);
    }
  }
  return found;
}

/// At most this often the state is written. An interruption writes it at once.
double checkpoint_seconds() {
  constexpr double unless_set = 2;
  const std::string text = environment("THAW_CHECKPOINT_SECONDS");
  if (text.empty()) return unless_set;
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc{} && end == text.data() + text.size() && value >= 0) return value;
  throw UsageError(
      fmt::format("THAW_CHECKPOINT_SECONDS: expected a number, at least 0, received \"{}\"", text));
}

/// Follows a stage: puts its times and epochs into the report, and has the state kept and saved.
class StageWatch : public Callback {
 public:
  StageWatch(StageReport& report, double& prefix_seconds, std::function<void()> keep,
             std::function<void()> save)
      : report_(report),
        prefix_seconds_(prefix_seconds),
        keep_(std::move(keep)),
        save_(std::move(save)) {}

  void on_train_begin(TrainingControl&) override {
    prefix_seconds_ += seconds_since(started_);
    keep_();
    saved_ = Clock::now();
  }
  void on_epoch_begin(TrainingControl&, int) override { epoch_started_ = Clock::now(); }
  void on_epoch_end(TrainingControl&, int, const Logs& logs) override {
    report_.epochs.push_back({logs, seconds_since(epoch_started_)});
    report_.seconds = seconds_before_ + seconds_since(started_);
    keep_();
    if (seconds_since(saved_) < pause_seconds_) return;
    save_();
    saved_ = Clock::now();
  }
  void on_train_end(TrainingControl&, const History&) override {
    report_.seconds = seconds_before_ + seconds_since(started_);
  }

 private:
  StageReport& report_;
  double& prefix_seconds_;
  std::function<void()> keep_;
  std::function<void()> save_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point epoch_started_;
  Clock::time_point saved_;
  double seconds_before_ = report_.seconds;
  double pause_seconds_ = checkpoint_seconds();
};

/// A checkpoint of an earlier version says only what its stage is called.
size_t place_of(const StageReport& stage, const std::vector<StageOptions>& stages) {
  const auto named = std::ranges::find(stages, stage.options.name, &StageOptions::name);
  const size_t place = stage.place ? *stage.place : static_cast<size_t>(named - stages.begin());
  if (place < stages.size()) return place;
  throw UsageError("--resume: the unfinished run was in a stage \"" + stage.options.name +
                   "\", which this recipe has not: give the same options, or start anew without "
                   "--resume");
}

/// What a checkpoint does not say of its stages, since runs of other settings do not go on.
void add_settings(std::vector<StageReport>& stages, const std::vector<StageOptions>& options) {
  for (StageReport& stage : stages) {
    const StageOptions& asked = options[place_of(stage, options)];
    stage.options.schedule = asked.schedule;
    stage.options.warmup = asked.warmup;
    stage.options.layer_decay = asked.layer_decay;
    stage.options.ema = asked.ema;
  }
}

/// What every run of a stage has.
FitOptions fit_options(const RecipeOptions& options, const StageOptions& stage) {
  return {.epochs = stage.epochs,
          .batch_size = options.batch_size,
          .callbacks = options.callbacks,
          .class_weight = options.class_weight,
          .cache = options.cache,
          .cache_bytes = options.cache_bytes,
          .schedule = LearningRateSchedule{stage.schedule, stage.warmup},
          .stop = options.stop,
          .stops_unless_finite = true};
}

}  // namespace

Recipe::Recipe(const Functional& base, int64_t classes, const RecipeOptions& options)
    : Recipe(base,
             with_head(base, {.classes = classes,
                              .loss = loss_of(options),
                              .seed = options.seed,
                              .hidden = options.head}),
             options) {}

Recipe::Recipe(const Functional& base, Model model, RecipeOptions options)
    : base_(base),
      network_(network_of(base)),
      options_(std::move(options)),
      model_(std::move(model)) {
  settle(options_, base_, network_);
}

void Recipe::unfreeze(const std::optional<int64_t>& layers) {
  base_.set_trainable(!layers || *layers > 0);
  if (!layers || *layers == 0) return;
  freeze_around(base_, network_);
  const auto all = network_.layers();
  const auto frozen = all.size() - std::min(all.size(), static_cast<size_t>(*layers));
  for (const Layer& layer : all.first(frozen)) layer.set_trainable(false);
}

size_t Recipe::resume() {
  if (!options_.checkpoint || !options_.checkpoint->resume) return 0;
  if (!std::filesystem::exists(options_.checkpoint->path)) return 0;
  Checkpoint checkpoint = load_checkpoint(options_.checkpoint->path);
  require_same_settings(*options_.checkpoint, checkpoint.settings, checkpoint.lists);
  stages_ = std::move(checkpoint.stages);
  add_settings(stages_, options_.stages);
  restored_ = std::move(checkpoint.train);
  return place_of(stages_.back(), options_.stages);
}

Checkpoint Recipe::state() const {
  Checkpoint result{.stages = stages_, .train = model_.train_state()};
  if (options_.checkpoint) {
    result.settings = options_.checkpoint->settings;
    result.lists = options_.checkpoint->lists;
  }
  return result;
}

bool Recipe::write(const Checkpoint& checkpoint, int64_t leaves_bytes) {
  if (!options_.checkpoint) return false;
  try {
    if (leaves_bytes > 0)
      require_space(options_.checkpoint->path, state_bytes(checkpoint) + leaves_bytes);
    thaw::save_checkpoint(checkpoint, options_.checkpoint->path);
    checkpoint_failure_.clear();
    return true;
  } catch (const Error& error) {
    if (options_.on_checkpoint_failure && checkpoint_failure_ != error.what())
      options_.on_checkpoint_failure(error.what());
    checkpoint_failure_ = error.what();
    return false;
  }
}

bool Recipe::save_checkpoint() { return write(state()); }

int64_t Recipe::epochs_done() const {
  int64_t count = 0;
  for (const StageReport& stage : stages_) count += std::ssize(stage.epochs);
  return count;
}

void Recipe::go_back() {
  if (!good_) return;
  model_.restore(good_->train);
  stages_ = good_->stages;
}

void Recipe::fail(const NotFinite& what, const StageOptions& stage) {
  go_back();
  if (good_ && epochs_done() > 0) write(*good_);
  Optimizer optimizer = model_.compiled()->optimizer;
  optimizer.finalize_variable_values();
  std::string title = stage.name;
  std::ranges::replace(title, '_', ' ');
  throw NotFinite(
      fmt::format("{}, learning rate {:g}: {}: nothing can be learned from there on; try a "
                  "smaller learning rate",
                  title, stage.learning_rate, what.what()));
}

std::vector<std::vector<ops::Value>> Recipe::cuts() {
  std::vector<std::vector<ops::Value>> result;
  for (const StageOptions& stage : options_.stages) {
    if (stage.epochs == 0) continue;
    prepare(stage);
    auto cut = model_.frozen_cut();
    if (std::ranges::find(result, cut) == result.end()) result.push_back(std::move(cut));
  }
  return result;
}

std::string Recipe::feature_failure() const {
  return features_ == nullptr ? "" : features_->finish();
}

std::string Recipe::loss() const { return loss_of(options_); }

int64_t Recipe::feature_row_bytes() {
  const auto all = cuts();
  const ops::Graph graph = lower(model_);
  int64_t floats = 0;
  for (const auto& cut : all)
    for (const ops::Value value : cut) floats += graph[value].shape.elements();
  return floats * static_cast<int64_t>(sizeof(float));
}

int64_t Recipe::model_bytes() {
  int64_t floats = 0;
  for (const VariablePtr& variable : model_.variables()) floats += variable->shape().elements();
  const auto last = std::find_if(options_.stages.rbegin(), options_.stages.rend(),
                                 [](const StageOptions& stage) { return stage.epochs != 0; });
  if (last != options_.stages.rend()) {
    prepare(*last);
    const auto slots = stage_optimizer(options_.optimizer, *last).slot_names().size();
    floats += model_.count_trainable_parameters() * static_cast<int64_t>(slots);
  }
  return floats * static_cast<int64_t>(sizeof(float));
}

void Recipe::leave_room(int64_t bytes) {
  if (options_.checkpoint) options_.checkpoint->leaves_bytes = bytes;
  if (!options_.feature_folder) return;
  FeatureFolderOptions folder = options_.feature_folder->options();
  folder.leaves_bytes = 2 * bytes;  // the state takes about as much
  options_.feature_folder = FeatureFolder(std::move(folder));
}

RecipePlan Recipe::plan(const DeviceTraits& traits) {
  RecipePlan plan;
  const auto expected = cuts();
  const LossType& loss_type = loss_types::find(Loss(loss()).name);
  for (const StageOptions& stage : options_.stages) {
    if (stage.epochs == 0) continue;
    prepare(stage);
    plan.stages.push_back({stage, make_fit_plan(lower(model_), loss_type, traits, expected)});
    for (const FrozenPart& part : plan.stages.back().fit.frozen) {
      if (std::ranges::find(plan.frozen, part.cut, &FrozenPart::cut) == plan.frozen.end())
        plan.frozen.push_back(part);
    }
  }
  std::ranges::sort(plan.frozen, [](const FrozenPart& a, const FrozenPart& b) {
    return std::ranges::max(a.cut) < std::ranges::max(b.cut);
  });
  return plan;
}

void Recipe::prepare(const StageOptions& stage) {
  unfreeze(stage.unfreeze);
  Optimizer optimizer = stage_optimizer(options_.optimizer, stage);
  optimizer.set_rate_factors(block_rates(network_, stage.layer_decay));
  model_.compile({.optimizer = optimizer, .loss = loss(), .metrics = options_.metrics});
}

bool Recipe::run_stage(Engine& engine, const StageOptions& stage, const Dataset& train,
                       const Dataset* validation) {
  const bool goes_on = restored_.has_value();
  prepare(stage);
  if (!goes_on) {
    stages_.push_back({.options = stage,
                       .place = static_cast<size_t>(&stage - options_.stages.data()),
                       .optimizer = stage_optimizer_text(options_.optimizer, stage),
                       .trainable_parameters = model_.count_trainable_parameters()});
  }
  if (options_.on_stage) options_.on_stage(stages_.back());
  int first_epoch = 0;
  if (goes_on) {
    model_.restore(*restored_);
    first_epoch = restored_->position.epoch;
    restored_.reset();
  }
  // Of a stage that is done nothing is left but what its callbacks do at the end of a fit, and that
  // weights become their averages.
  const bool averages = model_.compiled()->optimizer.keeps_average();
  if (first_epoch >= stage.epochs && states_of(options_.callbacks).empty() && !averages)
    return true;
  StageWatch watch(
      stages_.back(), prefix_seconds_, [this] { good_ = state(); },
      [this] { write(*good_, options_.checkpoint ? options_.checkpoint->leaves_bytes : 0); });
  FitOptions fit = fit_options(options_, stage);
  fit.validation_data = validation;
  fit.seed = random_stream(options_.seed, stages_.size());
  fit.initial_epoch = first_epoch;
  fit.place = {
      .stage = stage.name,
      .epochs_before = static_cast<int>(epochs_done() - std::ssize(stages_.back().epochs))};
  fit.callbacks.push_back(&watch);  // last, so that the state it keeps is that after the others
  fit.features = features_;
  History history;
  try {
    history = model_.fit(engine, train, fit);
  } catch (const NotFinite& error) {
    fail(error, stage);
  }
  stages_.back().averaged = history.averaged;
  dropped_ = history.dropped;
  validation_dropped_ = history.validation_dropped;
  // Asked to stop in its last step, a stage is done all the same.
  const bool is_done = std::cmp_greater_equal(stages_.back().epochs.size(), stage.epochs);
  // But of one that was done before, what ends it may have been left out.
  const bool was_ended = first_epoch < stage.epochs || !history.interrupted;
  if (history.stopped_early || (is_done && was_ended)) return true;
  save_checkpoint();
  return false;
}

bool Recipe::run(Engine& engine, const Dataset& train, const Dataset* validation) {
  stages_.clear();
  prefix_seconds_ = 0;
  features_ = options_.feature_folder ? std::make_shared<KeptFeatures>(*options_.feature_folder)
                                      : std::make_shared<KeptFeatures>();
  for (auto& cut : cuts()) features_->expect(std::move(cut));
  const size_t first = resume();
  for (size_t i = first; i < options_.stages.size(); ++i) {
    const StageOptions& stage = options_.stages[i];
    if (stage.epochs > 0 && !run_stage(engine, stage, train, validation)) return false;
  }
  return true;
}

}  // namespace thaw
