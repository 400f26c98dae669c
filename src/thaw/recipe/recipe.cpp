#include "thaw/recipe/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/train/feature_bank.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string resolved(const std::string& loss) {
  return loss == "auto" ? "categorical_crossentropy" : loss;
}

void check(const Functional& base, const RecipeOptions& options) {
  const auto layers = static_cast<int64_t>(base.layers().size());
  for (const StageOptions& stage : options.stages) {
    if (stage.epochs < 0)
      throw UsageError(
          fmt::format("{}: expected 0 epochs or more, received {}", stage.name, stage.epochs));
    if (stage.epochs > 0 && stage.unfreeze && (*stage.unfreeze < 0 || *stage.unfreeze > layers)) {
      throw UsageError(
          fmt::format("{}: expected to unfreeze from 0 to all {} layers of the base, received {}",
                      stage.name, layers, *stage.unfreeze));
    }
  }
  if (std::ranges::all_of(options.stages, [](const auto& stage) { return stage.epochs == 0; }))
    throw UsageError("nothing to do: every stage has 0 epochs");
}

/// So often the state is written, but for what an interruption writes.
constexpr double checkpoint_seconds = 2;

}  // namespace

/// Follows a stage: takes the times, keeps the state.
class StageWatch : public Callback {
 public:
  explicit StageWatch(Recipe& recipe) : recipe_(recipe), started_(Clock::now()) {}

  void on_train_begin(TrainingControl&) override {
    recipe_.prefix_seconds_ += seconds_since(started_);
    saved_ = Clock::now();
  }
  void on_epoch_begin(TrainingControl&, int) override { epoch_started_ = Clock::now(); }
  void on_epoch_end(TrainingControl&, int, const Logs& logs) override {
    recipe_.stages_.back().epochs.push_back({logs, seconds_since(epoch_started_)});
    recipe_.stages_.back().seconds = seconds_before_ + seconds_since(started_);
    if (seconds_since(saved_) < checkpoint_seconds) return;
    recipe_.save_checkpoint();
    saved_ = Clock::now();
  }
  void on_train_end(TrainingControl&, const History&) override {
    recipe_.stages_.back().seconds = seconds_before_ + seconds_since(started_);
  }

 private:
  Recipe& recipe_;
  Clock::time_point started_;
  Clock::time_point epoch_started_;
  Clock::time_point saved_;
  double seconds_before_ = recipe_.stages_.back().seconds;
};

Recipe::Recipe(const Functional& base, int64_t classes, RecipeOptions options)
    : base_(base),
      options_(std::move(options)),
      model_(with_head(
          base, {.classes = classes, .loss = resolved(options_.loss), .seed = options_.seed})) {
  check(base, options_);
}

void Recipe::unfreeze(const std::optional<int64_t>& layers) const {
  base_.set_trainable(!layers || *layers > 0);
  if (!layers || *layers == 0) return;
  const auto all = base_.layers();
  for (const Layer& layer : all.first(all.size() - static_cast<size_t>(*layers)))
    layer.set_trainable(false);
}

bool Recipe::resume() {
  if (!options_.checkpoint || !options_.checkpoint->resume) return false;
  if (!std::filesystem::exists(options_.checkpoint->path)) return false;
  Checkpoint checkpoint = load_checkpoint(options_.checkpoint->path);
  require_same_settings(options_.checkpoint->settings, checkpoint.settings);
  stages_ = std::move(checkpoint.stages);
  restored_ = std::move(checkpoint.train);
  return true;
}

void Recipe::save_checkpoint() const {
  if (!options_.checkpoint) return;
  thaw::save_checkpoint(
      {.settings = options_.checkpoint->settings, .stages = stages_, .train = model_.train_state()},
      options_.checkpoint->path);
}

/// Where every stage will begin, without repetition.
std::vector<std::vector<ops::Value>> Recipe::cuts() const {
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

std::string Recipe::loss() const { return resolved(options_.loss); }

int64_t Recipe::feature_row_bytes() const {
  const auto all = cuts();
  const ops::Graph graph = lower(model_);
  int64_t floats = 0;
  for (const auto& cut : all)
    for (const ops::Value value : cut) floats += graph[value].shape.elements();
  return floats * static_cast<int64_t>(sizeof(float));
}

RecipePlan Recipe::plan() const {
  RecipePlan plan;
  const auto expected = cuts();
  const LossType& loss_type = loss_types::find(loss());
  for (const StageOptions& stage : options_.stages) {
    if (stage.epochs == 0) continue;
    prepare(stage);
    plan.stages.push_back({stage, make_fit_plan(lower(model_), loss_type, expected)});
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

void Recipe::prepare(const StageOptions& stage) const {
  unfreeze(stage.unfreeze);
  model_.compile({.optimizer = optimizer_types::find(options_.optimizer).make(stage.learning_rate),
                  .loss = loss(),
                  .metrics = {"accuracy"}});
}

bool Recipe::run_stage(Engine& engine, const StageOptions& stage, const Dataset& train,
                       const Dataset* validation) {
  const bool goes_on = restored_.has_value();
  prepare(stage);
  if (!goes_on) {
    stages_.push_back({.options = stage,
                       .optimizer = options_.optimizer,
                       .trainable_parameters = model_.count_trainable_parameters()});
  }
  if (options_.on_stage) options_.on_stage(stages_.back());
  int first_epoch = 0;
  if (goes_on) {
    model_.restore(*restored_);
    first_epoch = restored_->position.epoch;
    restored_.reset();
  }
  if (first_epoch >= stage.epochs) return true;
  StageWatch watch(*this);
  std::vector<Callback*> callbacks{&watch};
  callbacks.insert(callbacks.end(), options_.callbacks.begin(), options_.callbacks.end());
  const History history = model_.fit(engine, train,
                                     {.epochs = stage.epochs,
                                      .batch_size = options_.batch_size,
                                      .validation_data = validation,
                                      .seed = random_stream(options_.seed, stages_.size()),
                                      .initial_epoch = first_epoch,
                                      .callbacks = callbacks,
                                      .cache = options_.cache,
                                      .cache_bytes = options_.cache_bytes,
                                      .features = features_,
                                      .stop = options_.stop});
  dropped_ = history.dropped;
  validation_dropped_ = history.validation_dropped;
  // Asked to stop in its last step, a stage is done all the same.
  if (std::cmp_greater_equal(stages_.back().epochs.size(), stage.epochs)) return true;
  save_checkpoint();
  return false;
}

bool Recipe::run(Engine& engine, const Dataset& train, const Dataset* validation) {
  stages_.clear();
  prefix_seconds_ = 0;
  features_ = options_.feature_folder ? std::make_shared<FeatureBank>(*options_.feature_folder)
                                      : std::make_shared<FeatureBank>();
  for (auto& cut : cuts()) features_->expect(std::move(cut));
  resume();
  const std::string running = stages_.empty() ? "" : stages_.back().options.name;
  bool reached = !restored_;
  for (const StageOptions& stage : options_.stages) {
    reached = reached || stage.name == running;
    if (!reached || stage.epochs == 0) continue;
    if (!run_stage(engine, stage, train, validation)) return false;
  }
  return true;
}

}  // namespace thaw
