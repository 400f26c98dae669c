#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "thaw/data/dataset.h"
#include "thaw/train/callback.h"
#include "thaw/train/loss.h"
#include "thaw/train/optimizer.h"

namespace thaw {

class KeptFeatures;

struct CompileOptions {
  Optimizer optimizer;
  Loss loss;
  /// By Keras's names, each with options or none: "accuracy", "f1_score@average=macro".
  std::vector<std::string> metrics = {};
};

/// Whether the frozen layers' outputs are kept between epochs. The trained bits are the same.
enum class FeatureCache { automatic, off };

/// A dataset or none; takes references.
struct OptionalDataset {
  const Dataset* dataset = nullptr;
  OptionalDataset() = default;
  OptionalDataset(const Dataset& value) : dataset(&value) {}
  OptionalDataset(const Dataset* value) : dataset(value) {}
};

struct FitOptions {
  int epochs = 1;
  int64_t batch_size = 32;
  OptionalDataset validation_data = {};
  /// Of the dataset, those to train on, each as the first view of its image; unless given, all. The
  /// same of those to validate on: so the folds of one dataset share its kept features.
  std::optional<std::vector<int64_t>> samples = {};
  std::optional<std::vector<int64_t>> validation_samples = {};
  /// Whether to train on images as they are where the dataset has altered views of them.
  bool first_views_alone = false;
  /// Told at the end of each epoch, and at last of the averages that weights become (use_ema), what
  /// the model gives for the samples to validate on, before its
  /// last activation where the loss takes that in (LossTraits::logits_of): a row each.
  std::function<void(std::span<const int64_t> samples, const Tensor& outputs)>
      on_validation_outputs = {};
  bool shuffle = true;
  /// Of the order of samples and of dropout.
  uint64_t seed = 0;
  int initial_epoch = 0;
  std::vector<Callback*> callbacks = {};
  FitPlace place = {};  ///< what callbacks are told of the run that it is a part of
  /// The loss of a sample of each class is multiplied by this, beside the sample's own weight; 1
  /// where not given. Validation knows the samples' weights alone.
  std::map<int64_t, double> class_weight = {};
  FeatureCache cache = FeatureCache::automatic;
  /// Largest memory for kept features; unless given, a third of what the machine has left.
  std::optional<int64_t> cache_bytes = {};
  /// What the learning rate is multiplied by; its `steps`, unless given, are those of all epochs,
  /// counted from the optimizer's first. Unset: the optimizer's own schedule stays.
  std::optional<LearningRateSchedule> schedule = {};
  /// Kept features to share with other fits of this model on the same datasets (the same objects or
  /// copies).
  std::shared_ptr<KeptFeatures> features = {};
  /// When set (by a signal handler, say), fit returns after the running step.
  const std::atomic<bool>* stop = nullptr;
  /// Whether a loss or weight that is infinite or not a number ends the fit at that step with a
  /// NotFinite error. Keras goes on, so unless asked for this does.
  bool stops_unless_finite = false;
};

struct EvaluateOptions {
  /// Told why each sample that cannot be read is left out; unless given, such a sample throws.
  /// Only evaluate() leaves any out.
  std::function<void(const std::string& reason)> on_broken = {};
  /// Told what the model gives for each sample that can be read, after its last activation.
  std::function<void(int64_t sample, std::span<const float> outputs)> on_outputs = {};
  /// Told, after on_outputs, what enters the model's last Dense for that sample; evaluate() throws
  /// Error where the model has none (last_dense_input()).
  std::function<void(int64_t sample, std::span<const float> features)> on_features = {};
};

}  // namespace thaw
