#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "thaw/features/kept_features.h"
#include "thaw/recipe/climb_model.h"

namespace thaw {

/// The weights that the last blocks of a base and its head have, as FoldTrainer::variables().
using Weights = std::vector<Tensor>;

/// How the last blocks are fine-tuned.
struct RungSettings {
  int64_t blocks = 1;  ///< so many of the last ones (blocks_of()) train, beside the head
  int epochs = 10;
  double learning_rate = 1e-4;  ///< of the head and the last block, at its highest
  double layer_decay = 0.7;     ///< what each block below has of the rate of the one above it
  LearningRateSchedule schedule = {.kind = ScheduleKind::cosine, .warmup = 0.1};
  double ema = 0.9;   ///< of the average of the weights that a fit ends with
  uint64_t seed = 0;  ///< of the order of images
};

/// What one fit gave.
struct RungFit {
  Weights weights;
  std::vector<Logs> epochs;  ///< loss and accuracy, with those of the images kept out as "val_…"
};

/// What FoldTrainer works on. All must outlive it.
struct FoldTrainerInputs {
  Engine& engine;
  const Dataset& data;
  const Functional& base;               ///< without taps
  const std::vector<int64_t>& samples;  ///< those that can be read, as the first view of each
  const std::vector<int>& folds;        ///< of each of `samples`
  std::shared_ptr<KeptFeatures> features;
  FeatureCache cache = FeatureCache::automatic;
  std::map<int64_t, double> class_weight = {};
  bool first_views_alone = true;
  int64_t batch_size = 32;
  const std::atomic<bool>* stop = nullptr;
  std::vector<Callback*> callbacks = {};
};

/// Fine-tunes the last blocks of one network many times over: with each fold kept out, or none. The
/// weights of the base are as they were whenever a call has ended.
class FoldTrainer {
 public:
  /// `model` is one of the base with taps, whose columns are scaled; `most_blocks`: of the last
  /// blocks that will ever train.
  FoldTrainer(const FoldTrainerInputs& inputs, const ClimbModel& model, int64_t most_blocks);

  /// All that may change: the weights of the last blocks, then the head's.
  const std::vector<VariablePtr>& variables() const { return variables_; }
  /// The base's own weights under this head.
  Weights with_head(const LinearHead& head) const;

  /// Trains from `start` on all images but those of `fold`; nothing: on all. nullopt: it was
  /// stopped.
  std::optional<RungFit> fit(const RungSettings& settings, const Weights& start,
                             std::optional<int> fold);
  /// The logits of the images of `fold`, in their order, under these weights; `blocks` of the last
  /// ones differ from the base's. nullopt: it was stopped.
  std::optional<Tensor> logits(const Weights& weights, int64_t blocks, int fold);

  /// The images of the fold, by their place among the samples.
  std::vector<int64_t> places_of(int fold) const;

  /// Leaves these weights in the base and the head.
  void assign(const Weights& weights) const;

 private:
  FitOptions fit_options(std::optional<int> fold) const;

  FoldTrainerInputs inputs_;
  ClimbModel model_;
  Functional network_;
  std::vector<VariablePtr> variables_;
  Weights base_weights_;
};

/// Where `share` of 1 is `to`, and 0 `from`.
Weights between(const Weights& from, const Weights& to, double share);

}  // namespace thaw
