#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "thaw/data/features/feature_folder.h"
#include "thaw/recipe/checkpoint.h"
#include "thaw/recipe/head.h"
#include "thaw/recipe/recipe_plan.h"
#include "thaw/recipe/stage.h"

namespace thaw {

struct RecipeOptions {
  std::vector<StageOptions> stages = {
      {.name = "feature_extraction", .epochs = 5, .learning_rate = 1e-3, .unfreeze = 0},
      {.name = "fine_tuning", .epochs = 5, .learning_rate = 1e-4, .unfreeze = 5}};
  std::string optimizer = "adam";
  /// "auto": categorical_crossentropy.
  std::string loss = "auto";
  int64_t batch_size = 32;
  /// Of the head's weights, the order of samples and dropout.
  uint64_t seed = 1;
  FeatureCache cache = FeatureCache::automatic;
  std::optional<int64_t> cache_bytes = {};
  /// Where kept features outlive the run; unless given they do not.
  std::optional<FeatureFolder> feature_folder = {};
  std::vector<Callback*> callbacks = {};
  /// Told of each stage before it begins; its `epochs` hold those of an earlier run.
  std::function<void(const StageReport&)> on_stage = {};
  const std::atomic<bool>* stop = nullptr;
  /// Where the state is kept while the recipe runs, and what a state to go on from must agree with.
  std::optional<CheckpointOptions> checkpoint = {};
};

/// The fine-tuning recipe: a head on a frozen base, fit; then the base's last layers unfrozen,
/// compiled anew, fit again; stage by stage. The base is called with training=False, so its batch
/// normalization keeps its statistics throughout.
class Recipe {
 public:
  /// Throws UsageError when options contradict each other or the base.
  Recipe(const Functional& base, int64_t classes, RecipeOptions options);

  /// The base with its head; the same model throughout.
  const Model& model() const { return model_; }

  /// The loss that it is trained with, "auto" resolved.
  std::string loss() const;

  /// Bytes that the kept features of one sample take: those that each stage begins at.
  int64_t feature_row_bytes() const;

  /// What run() will do.
  RecipePlan plan() const;

  /// Runs every stage. Throws as Model::fit(). False: `stop` was set; the state is in the
  /// checkpoint.
  bool run(Engine& engine, const Dataset& train, const Dataset* validation);

  /// One a stage begun, the running one last.
  const std::vector<StageReport>& stages() const { return stages_; }
  /// Seconds spent on what is frozen, once for all epochs.
  double prefix_seconds() const { return prefix_seconds_; }
  /// Why each broken image was left out.
  const std::vector<std::string>& dropped() const { return dropped_; }
  const std::vector<std::string>& validation_dropped() const { return validation_dropped_; }

  /// Why features could not be kept for later runs; empty when they were. Waits for them.
  std::string feature_failure() const;

  /// Writes the state as it is, to go on from if what follows run() fails; nothing without a
  /// checkpoint's path.
  void save_checkpoint() const;

 private:
  bool run_stage(Engine& engine, const StageOptions& stage, const Dataset& train,
                 const Dataset* validation);
  std::vector<std::vector<ops::Value>> cuts() const;
  void prepare(const StageOptions& stage) const;
  void unfreeze(const std::optional<int64_t>& layers) const;
  /// Goes back to what the checkpoint holds; false when there is none.
  bool resume();

  friend class StageWatch;
  Functional base_;
  RecipeOptions options_;
  Model model_;
  std::shared_ptr<FeatureBank> features_;
  std::vector<StageReport> stages_;
  std::optional<TrainState> restored_;
  double prefix_seconds_ = 0;
  std::vector<std::string> dropped_;
  std::vector<std::string> validation_dropped_;
};

}  // namespace thaw
