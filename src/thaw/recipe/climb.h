#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/features/disk/feature_folder.h"
#include "thaw/heads/head_choice.h"
#include "thaw/heads/learning_curve.h"
#include "thaw/heads/unknown_detector.h"
#include "thaw/recipe/checkpoint.h"
#include "thaw/recipe/climb_model.h"
#include "thaw/recipe/climb_state.h"
#include "thaw/recipe/fold_trainer.h"
#include "thaw/recipe/ladder.h"
#include "thaw/recipe/rung.h"
#include "thaw/train/frozen_features.h"

namespace thaw {

struct ClimbOptions {
  /// Of the folds and of the order of images.
  uint64_t seed = 1;
  int folds = 5;
  /// So many rungs are tried at most, each with one more of the last blocks that have weights; 0:
  /// heads alone.
  int64_t most_blocks = 3;
  /// At least so many images, where there are so many, judge a rung: of as many folds as that
  /// takes.
  int64_t judged_images = 600;
  /// Of each fit on a rung; unset: 3 to 8, so that it has about 160 steps.
  std::optional<int> epochs = {};
  double learning_rate = 2e-4;
  int64_t batch_size = 32;
  /// As FitOptions::class_weight, of heads and fits.
  std::map<int64_t, double> class_weight = {};
  /// Of each image of the dataset, a number that copies of it share; empty: there are no copies.
  std::vector<int64_t> same = {};
  /// The share of images of the classes that an UnknownDetector may refuse; unset: none is fitted.
  std::optional<double> unknown_rate = {};
  FeatureCache cache = FeatureCache::automatic;
  std::optional<FeatureFolder> feature_folder = {};
  /// Told of the frozen pass and of the fits on each rung.
  std::vector<Callback*> callbacks = {};
  std::function<void(const HeadChoice&)> on_heads = {};
  std::function<void(const Rung&)> on_rung_begin = {};
  std::function<void(const Rung&)> on_rung = {};
  /// Whether there is time for another rung; unless given, there is.
  std::function<bool()> has_time = {};
  const std::atomic<bool>* stop = nullptr;
  std::optional<CheckpointOptions> checkpoint = {};
  /// Told once of each reason why the state cannot be written; the climb goes on without.
  std::function<void(const std::string&)> on_state_failure = {};
};

/// What a climb found out.
struct ClimbResult {
  HeadChoice heads;
  int64_t views = 1;  ///< of each image that were learned from
  LearningCurve curve;
  std::vector<Rung> rungs;  ///< those tried, in their order
  /// Logits of images kept out [images, classes], calibrated, of what became the model, and the
  /// images they are of, by their places among the samples.
  Tensor kept_out_logits;
  std::vector<int64_t> kept_out;
  std::vector<int64_t> labels;          ///< of all samples
  double temperature = 1;               ///< that the logits were divided by
  double calibration_error_before = 0;  ///< expected_calibration_error() of `kept_out`, without it
  double calibration_error = 0;
  double accuracy = 0;                ///< of `kept_out`
  Interval accuracy_interval;         ///< of 95 %
  std::vector<ClassResult> by_class;  ///< of `kept_out`
  std::vector<std::string> dropped;
};

/// From a frozen base to the model that does best on images kept out. One pass over the images
/// gives what every block makes of them; heads are fitted to that until they converge (heads/), and
/// the best is chosen by cross-validation. Then, rung by rung, one block more of the base is
/// fine-tuned under it, with each fold kept out, and stays so only if that does better on what was
/// kept out. What came out best is at last fitted to all images.
class Climb {
 public:
  /// Throws UsageError where the base has not one input and one output, or classes < 2.
  Climb(const Functional& base, int64_t classes, ClimbOptions options);

  /// Only the heads, over these samples: how well the base suits. nullopt: it was stopped.
  std::optional<HeadChoice> probe(Engine& engine, const Dataset& data);

  /// Where the dataset has altered views of its images, these are learned from if that does better.
  /// nullopt: it was stopped, and what was done is in the state. Throws Error as frozen_features()
  /// and choose_head().
  std::optional<ClimbResult> run(Engine& engine, const Dataset& data);

  /// After run(): fits what was chosen to these images, more than it was chosen by. false: it was
  /// stopped; what was done is in the state.
  bool refit(Engine& engine, const Dataset& data, const ClimbResult& result);

  /// After run() or refit(): what tells images of none of the classes, by what enters the model's
  /// Dense; none unless it was asked for.
  const std::optional<UnknownDetector>& detector() const { return detector_; }

  /// After run(): the base under the best head, an ordinary model.
  const Model& model() const { return *model_; }
  /// After run(): the frozen features of the images, as the model's last layer gets them before any
  /// fine-tuning.
  const FrozenFeatures& features() const { return features_; }
  const std::vector<int>& folds() const { return folds_; }
  /// Why features or state could not be kept; empty when they were.
  std::string feature_failure() const { return kept_ == nullptr ? "" : kept_->finish(); }
  const std::string& state_failure() const { return state_failure_; }
  /// Writes the state as it is; whether it could be written.
  bool save_state();

 private:
  /// The images' features and the folds. False: it was stopped.
  bool read(Engine& engine, const Dataset& data);
  /// With altered views of each image, or without.
  HeadData head_data(const Dataset& data, int64_t views) const;
  /// Of the images alone, and where there are altered views with these, what does better.
  HeadChoice best_heads(const Dataset& data);
  void resume();
  LadderOptions ladder_options();
  FoldTrainer trainer_of(Engine& engine, const Dataset& data, const ClimbModel& model) const;
  /// Fine-tunes rung by rung; false: it was stopped.
  bool climb(Engine& engine, const Dataset& data, const HeadData& heads, ClimbResult& result);
  /// Makes these weights the model's.
  void take(const FoldTrainer& trainer, const Weights& weights, const ClimbModel& trained,
            const ColumnScaling& scaling, double temperature);
  void keep(const LinearHead& head);
  /// What the model's Dense gets of the images, with the base's weights as they are now.
  std::optional<Tensor> features_now(Engine& engine, const Dataset& data);
  /// Fits the detector where one is asked for; false: it was stopped.
  bool fit_detector(Engine& engine, const Dataset& data);
  /// Its threshold where the base is fine-tuned, from images kept out of the tuning as well.
  bool find_threshold(Engine& engine, const Dataset& data, FoldTrainer& trainer,
                      const std::vector<Weights>& weights);
  /// Back to the weights that the base came with.
  void restore_base();

  Functional base_;
  int64_t classes_;
  ClimbOptions options_;
  std::vector<Tap> taps_;
  std::vector<int64_t> rungs_;  ///< how many of the last blocks train on each
  ClimbModel extractor_;
  std::shared_ptr<KeptFeatures> kept_;
  FrozenFeatures features_;
  std::vector<int> folds_;
  int64_t views_ = 1;  ///< of each image that are learned from
  ClimbState state_;
  std::string state_failure_;
  std::optional<Model> model_;
  std::optional<UnknownDetector> detector_;
  std::optional<double> threshold_;  ///< of it, where find_threshold() found one
  std::vector<bool> model_used_;     ///< the groups of columns that enter its Dense
  /// What take() changed, as it was.
  std::vector<std::pair<VariablePtr, Tensor>> changed_;
};

}  // namespace thaw
