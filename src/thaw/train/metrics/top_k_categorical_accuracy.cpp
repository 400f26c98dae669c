#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// The share of rows whose class has fewer than k outputs above its own; equal outputs count as one
/// place, as in TensorFlow's in_top_k. Targets may be class numbers too, for which Keras has
/// another name.
struct TopKCategoricalAccuracy {
  int64_t k = 5;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("k", k);
  }

  double sum(const BatchResult& batch) const {
    if (k < 1) {
      throw UsageError("top_k_categorical_accuracy: expected k of 1 or more, received " +
                       std::to_string(k));
    }
    int64_t correct = 0;
    for (int64_t row = 0; row < batch.rows; ++row) {
      const float* y = batch.outputs.data() + row * batch.columns;
      const int64_t is = batch.target_class(row, "top_k_categorical_accuracy");
      // One column stands for two classes, of which the other is above or is not.
      const float own = batch.columns == 1 ? *y : y[is];
      int64_t above = batch.columns == 1 && batch.output_class(row) != is ? 1 : 0;
      for (int64_t i = 0; i < batch.columns; ++i) above += y[i] > own ? 1 : 0;
      correct += std::isfinite(own) && above < k ? 1 : 0;
    }
    return static_cast<double>(correct);
  }
};

}  // namespace

extern const MetricType top_k_categorical_accuracy;
constinit const MetricType top_k_categorical_accuracy = describe_metric<TopKCategoricalAccuracy>(
    "top_k_categorical_accuracy", "TopKCategoricalAccuracy");

}  // namespace thaw::metric_types
