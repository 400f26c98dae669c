#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "thaw/features/disk/feature_folder.h"
#include "thaw/runtime/engine.h"
#include "thaw/task/augmentation.h"
#include "thaw/task/base_model.h"
#include "thaw/task/fit_data.h"
#include "thaw/task/image_form.h"
#include "thaw/task/recipe_settings.h"
#include "thaw/task/task_events.h"

namespace thaw {

class OptionList;

/// What became of a fit.
struct FitReport {
  /// Trained, with class names, form of images and loss in its metadata: all that predicting takes.
  Model model;
  bool finished = false;      ///< false: it was stopped, and can be resumed where its state is kept
  std::string state_failure;  ///< why the state of a stopped run is not kept; empty: it is
  std::vector<std::string> classes;
  int64_t train_images = 0;  ///< without those left out
  int64_t validation_images = 0;
  std::vector<StageReport> stages;
  double prefix_seconds = 0;  ///< on what is frozen, once for all epochs
  double seconds = 0;
  std::vector<std::string> left_out;       ///< why each broken image was
  std::vector<SkippedFiles> skipped = {};  ///< of both folders: what was no image, and those broken
  std::string feature_failure;  ///< why features are not kept for later runs; empty: they are
  Config settings;              ///< every option of the task, by key

  /// The epoch of the last stage, from 0, whose val_loss (loss, without validation) was the lowest,
  /// the first of equals; nothing where none was done.
  std::optional<size_t> best_epoch() const;
};

/// The whole job: a folder of images and a pretrained base become a classifier.
///
///     Engine engine;
///     FitReport report = FitTask{.source = {.images = "photos"}, .out = "m.keras"}.run(engine);
struct FitTask {
  ImageSource source;
  ImageForm form = {};
  BaseModel base = {};
  RecipeSettings recipe = {};
  Augmentation augment = {};
  /// Go on with the head of a finished model of the same classes, in its order of them, instead of
  /// a new one; `recipe.loss`, unless set, is then the model's.
  bool keep_head = false;
  /// Of the head's weights, the split, the order of images, augmentation and dropout.
  uint64_t seed = 1;
  /// Where what frozen layers give is kept for all epochs and later runs; unset: not kept at all.
  std::optional<FeatureFolderOptions> cache = FeatureFolderOptions{};
  /// Where the model goes, by a model format's ending; empty: nowhere, FitReport has it.
  std::filesystem::path out = {};
  /// A JSON file for the figures of every epoch; empty: none.
  std::filesystem::path history = {};
  /// Where the state is kept while it runs; unset: beside `out`, if that is given.
  std::optional<std::filesystem::path> checkpoint = {};
  /// Go on with a run that was interrupted, where there is one.
  bool resume = false;
  /// When set (by a signal handler, say), run() returns after the running step.
  const std::atomic<bool>* stop = nullptr;

  /// All of them but `checkpoint` and `stop`.
  void describe(OptionList& options);

  /// Trains, and writes what it was asked to. The model at `out` appears whole or not at all; what
  /// was learned stays in the checkpoint until then; a model that cannot be written goes to the
  /// cache folder. A loss or weight that is no finite number ends the run: the model after the last
  /// good epoch is then beside `out`, which stays as it was. One run at a time writes `out`. Throws
  /// UsageError when the options contradict each other, the images or the base, before anything is
  /// trained; Error when a file cannot be read or written.
  FitReport run(Engine& engine, TaskEvents& events) const;
  FitReport run(Engine& engine) const;
};

}  // namespace thaw
