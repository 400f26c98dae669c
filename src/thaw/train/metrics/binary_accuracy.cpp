#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// The share of columns on the same side of the threshold as their target.
struct BinaryAccuracy {
  float threshold = 0.5F;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("threshold", threshold);
  }

  double sum(const BatchResult& batch) const {
    if (batch.target_columns != batch.columns)
      throw Error("binary_accuracy: targets must be as long as the model's output");
    // One half of a sigmoid is 0 before it.
    const bool at_logits = batch.left_off == Activation::Kind::sigmoid && threshold == 0.5F;
    const float limit = at_logits ? 0.0F : threshold;
    std::vector<float> through;
    if (!at_logits && batch.left_off != Activation::Kind::linear) through = batch.model_outputs();
    const std::span<const float> outputs = through.empty() ? batch.outputs : through;
    int64_t correct = 0;
    for (size_t i = 0; i < static_cast<size_t>(batch.rows * batch.columns); ++i)
      correct += (outputs[i] > limit ? 1.0F : 0.0F) == batch.targets[i];
    return static_cast<double>(correct) / static_cast<double>(batch.columns);
  }
};

}  // namespace

extern const MetricType binary_accuracy;
constinit const MetricType binary_accuracy =
    describe_metric<BinaryAccuracy>("binary_accuracy", "BinaryAccuracy");

}  // namespace thaw::metric_types
