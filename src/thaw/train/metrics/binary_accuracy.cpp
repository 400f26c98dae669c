#include "thaw/core/error.h"
#include "thaw/train/metric.h"

namespace thaw::metric_types {
namespace {

/// The share of columns on the same side of one half as their target.
double run(const BatchResult& batch) {
  if (batch.target_columns != batch.columns)
    throw Error("binary_accuracy: targets must be as long as the model's output");
  const float threshold = batch.left_off == Activation::Kind::sigmoid ? 0.0F : 0.5F;
  int64_t correct = 0;
  for (size_t i = 0; i < static_cast<size_t>(batch.rows * batch.columns); ++i)
    correct += (batch.outputs[i] > threshold ? 1.0F : 0.0F) == batch.targets[i];
  return static_cast<double>(correct) / static_cast<double>(batch.columns);
}

}  // namespace

extern const MetricType binary_accuracy{"binary_accuracy", run};

}  // namespace thaw::metric_types
