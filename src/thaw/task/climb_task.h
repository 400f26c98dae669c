#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "thaw/recipe/climb.h"
#include "thaw/task/base_model.h"
#include "thaw/task/fit_data.h"
#include "thaw/task/image_form.h"
#include "thaw/task/task_events.h"

namespace thaw {

/// One base that was tried.
struct ProbedBase {
  std::string base;  ///< as it was asked for
  ImageSize size;
  double negative_log_likelihood = 0;  ///< of its best head, out of fold
  double accuracy = 0;
};

/// What a climb has found before it begins.
struct ClimbBegin {
  int64_t images = 0;
  int64_t validation_images = 0;
  std::vector<std::pair<std::string, int64_t>> class_images = {};
  bool goes_on = false;
  std::string kept_aside = {};  ///< as FitBegin::kept_aside
};

/// Follows a climb: override what is of interest.
class ClimbEvents : public TaskEvents {
 public:
  virtual void on_climb_begin(const ClimbBegin&) {}
  /// Before a base is tried, one of several.
  virtual void on_probe(const std::string& /*base*/, const ImageSize& /*size*/) {}
  virtual void on_probed(const ProbedBase&) {}
  /// The base that is climbed from.
  virtual void on_base(const std::string& /*base*/, const ImageSize& /*size*/) {}
  virtual void on_heads(const HeadChoice&) {}
  virtual void on_rung_begin(const Rung&) {}
  virtual void on_rung(const Rung&) {}
};

/// What became of a climb.
struct ClimbReport {
  Model model;
  bool finished = false;
  std::string state_failure;  ///< why the state of a stopped run is not kept; empty: it is
  std::vector<std::string> classes;
  std::vector<ProbedBase> bases;  ///< those tried, where there were several
  std::string base;               ///< the one climbed from
  ImageSize size;
  int64_t images = 0;  ///< learned from, without those left out
  ClimbResult result;
  /// Of the images kept for validation, which nothing was chosen by; none without them.
  std::optional<int64_t> validation_right = {};
  int64_t validation_images = 0;
  std::vector<std::string> left_out;
  std::vector<SkippedFiles> skipped = {};
  std::string feature_failure;
  double seconds = 0;
  Config settings;
};

/// Of which images a climb sees the mirror image as well.
enum class Mirrored {
  where_few,  ///< where there are at most 600: it takes twice the time
  always,
  never
};

/// The whole job: a folder of images and one pretrained base, or several to choose from, become the
/// classifier that does best on images kept out (Climb).
///
///     ClimbReport report = ClimbTask{.source = {.images = "photos"}, .out =
///     "m.keras"}.run(engine);
struct ClimbTask {
  ImageSource source = {.images = {}, .validation_split = 0};
  ImageForm form = {};
  BaseModel base = {};  ///< several names, separated by commas: the best is climbed from
  /// Sizes of images to try with each base, separated by commas; empty: its own alone.
  std::vector<std::string> sizes = {};
  /// "balanced", or a JSON file of a number a class (class_weight.h); empty: all count the same.
  std::string class_weight = {};
  /// Whether mirror images are learned from too, where that does better.
  Mirrored mirrored = Mirrored::where_few;
  int folds = 5;
  int most_blocks = 3;             ///< of the last ones that are fine-tuned; 0: heads alone
  std::optional<int> epochs = {};  ///< of each fit of a block; unset: ClimbOptions::epochs
  double learning_rate = ClimbOptions{}.learning_rate;  ///< of these
  /// Seconds after which no further rung is begun; unset: all are.
  std::optional<double> budget = {};
  /// The share of images of the classes that may be taken for none of them: the model then knows
  /// such images (none_of_these.h). Unset: it does not.
  std::optional<double> unknown_rate = {};
  bool use_all = false;  ///< at the end fit what was chosen to the images for validation too
  uint64_t seed = 1;
  std::optional<FeatureFolderOptions> cache = FeatureFolderOptions{};
  std::filesystem::path out = {};
  std::filesystem::path report = {};  ///< a JSON file for all figures; empty: none
  std::optional<std::filesystem::path> checkpoint = {};
  bool resume = false;
  const std::atomic<bool>* stop = nullptr;

  /// All of them but `checkpoint` and `stop`.
  void describe(OptionList& options);

  /// As FitTask::run().
  ClimbReport run(Engine& engine, ClimbEvents& events) const;
  ClimbReport run(Engine& engine) const;
};

/// "10m", "90s", "1h", "90": seconds. Throws UsageError.
double seconds_from(const std::string& text);

}  // namespace thaw
