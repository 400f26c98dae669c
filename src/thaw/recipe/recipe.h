#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/features/disk/feature_folder.h"
#include "thaw/recipe/checkpoint.h"
#include "thaw/recipe/head.h"
#include "thaw/recipe/recipe_plan.h"
#include "thaw/recipe/stage.h"
#include "thaw/train/not_finite.h"

namespace thaw {

struct RecipeOptions {
  std::vector<StageOptions> stages = {
      {.name = "feature_extraction", .epochs = 5, .learning_rate = 1e-3, .unfreeze = 0},
      {.name = "fine_tuning", .epochs = 5, .learning_rate = 1e-4, .unfreeze = 5, .at_most = true}};
  /// HeadOptions::hidden of a new head.
  std::string head = {};
  std::string optimizer = "adam";
  /// Keras's name; unset: categorical_crossentropy.
  std::optional<std::string> loss = {};
  /// Measured beside the loss, by Keras's names.
  std::vector<std::string> metrics = {"accuracy"};
  int64_t batch_size = 32;
  /// Of the head's weights, the order of samples and dropout.
  uint64_t seed = 1;
  FeatureCache cache = FeatureCache::automatic;
  std::optional<int64_t> cache_bytes = {};
  /// Where kept features outlive the run; unless given they do not.
  std::optional<FeatureFolder> feature_folder = {};
  /// Told of each stage's fit; what one remembers is in the checkpoint.
  std::vector<Callback*> callbacks = {};
  /// As FitOptions::class_weight, in every stage.
  std::map<int64_t, double> class_weight = {};
  /// Told of each stage before it begins; its `epochs` hold those of an earlier run.
  std::function<void(const StageReport&)> on_stage = {};
  const std::atomic<bool>* stop = nullptr;
  /// Where the state is kept while the recipe runs, and what a state to go on from must agree with.
  std::optional<CheckpointOptions> checkpoint = {};
  /// Told once of each reason why the checkpoint cannot be written; the run goes on without.
  std::function<void(const std::string&)> on_checkpoint_failure = {};
};

/// The fine-tuning recipe: a head on a frozen base, fit; then the base's last layers unfrozen,
/// compiled anew, fit again; stage by stage. The base is called with training=False, so its batch
/// normalization keeps its statistics throughout.
class Recipe {
 public:
  /// A new head on the base (with_head()). Throws UsageError when options contradict each other or
  /// the base.
  Recipe(const Functional& base, int64_t classes, const RecipeOptions& options);
  /// `model`: that base with a head that it has already, whose weights it goes on with.
  Recipe(const Functional& base, Model model, RecipeOptions options);

  /// The base's network (network_of()), whose layers the stages' `unfreeze` counts.
  const Functional& network() const { return network_; }

  /// The base with its head; the same model throughout.
  const Model& model() const { return model_; }

  /// The loss that it is trained with.
  std::string loss() const;

  /// Bytes that the kept features of one image take: those that each stage begins at. As plan(), it
  /// leaves the model compiled for the last stage.
  int64_t feature_row_bytes();

  /// Bytes of what the model's file will hold: its weights, and what the optimizer of the last
  /// stage keeps of those that train. It leaves the model compiled for that stage.
  int64_t model_bytes();
  /// What is to stay free for the model: neither kept features nor the state, while the run goes
  /// on, take it.
  void leave_room(int64_t bytes);

  /// What run() will do on such a device. To find out, the model is set up for one stage after
  /// another: what was compiled, and which layers train, is then as the last stage wants it.
  /// Weights stay as they are.
  RecipePlan plan(const DeviceTraits& traits);

  /// Runs every stage. False: `stop` was set; the state is in the checkpoint. Throws as
  /// Model::fit(), and NotFinite, which names the stage and its learning rate, as soon as a loss or
  /// weight is infinite or not a number: the model and stages() are then as after the last good
  /// epoch, which is in the checkpoint too.
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

  /// Epochs done, of all stages.
  int64_t epochs_done() const;

  /// Writes the state as it is, to go on from if what follows run() fails; nothing without a
  /// checkpoint's path. Whether it could be written.
  bool save_checkpoint();
  /// Why the state could not be written when that was tried last; empty: it could.
  const std::string& checkpoint_failure() const { return checkpoint_failure_; }

 private:
  bool run_stage(Engine& engine, const StageOptions& stage, const Dataset& train,
                 const Dataset* validation);
  /// Where every stage will begin, each cut once. Prepares one stage after another.
  std::vector<std::vector<ops::Value>> cuts();
  /// Freezes and compiles the model as the stage wants it.
  void prepare(const StageOptions& stage);
  void unfreeze(const std::optional<int64_t>& layers);
  /// Goes back to what the checkpoint holds, where there is one to resume. Returns the place among
  /// the stages to go on with: 0 when there is none.
  size_t resume();
  Checkpoint state() const;
  /// False, which is told, where that fails or would leave fewer bytes free.
  bool write(const Checkpoint& checkpoint, int64_t leaves_bytes = 0);
  /// Back to the last good epoch.
  void go_back();
  [[noreturn]] void fail(const NotFinite& what, const StageOptions& stage);

  Functional base_;
  Functional network_;
  RecipeOptions options_;
  Model model_;
  std::shared_ptr<KeptFeatures> features_;
  std::vector<StageReport> stages_;
  std::optional<TrainState> restored_;
  /// After the last epoch, or as the stage began: what to go back to when a later step spoils it.
  std::optional<Checkpoint> good_;
  std::string checkpoint_failure_;
  double prefix_seconds_ = 0;
  std::vector<std::string> dropped_;
  std::vector<std::string> validation_dropped_;
};

}  // namespace thaw
