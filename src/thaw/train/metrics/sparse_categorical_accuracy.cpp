#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// The share of rows whose largest output is that of their class number.
struct SparseCategoricalAccuracy {
  template <typename Visit>
  void fields(Visit&&) {}

  double sum(const BatchResult& batch) const {
    if (batch.target_columns != 1)
      throw Error("sparse_categorical_accuracy: targets must be class numbers");
    int64_t correct = 0;
    for (int64_t row = 0; row < batch.rows; ++row) {
      const float* y = batch.outputs.data() + row * batch.columns;
      const auto chosen = std::max_element(y, y + batch.columns) - y;
      correct += static_cast<float>(chosen) == batch.targets[static_cast<size_t>(row)];
    }
    return static_cast<double>(correct);
  }
};

}  // namespace

extern const MetricType sparse_categorical_accuracy;
constinit const MetricType sparse_categorical_accuracy = describe_metric<SparseCategoricalAccuracy>(
    "sparse_categorical_accuracy", "SparseCategoricalAccuracy");

}  // namespace thaw::metric_types
