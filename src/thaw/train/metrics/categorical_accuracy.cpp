#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// The share of rows whose largest output is where their target's is.
struct CategoricalAccuracy {
  template <typename Visit>
  void fields(Visit&&) {}

  double sum(const BatchResult& batch) const {
    if (batch.target_columns != batch.columns)
      throw Error("categorical_accuracy: targets must be vectors as long as the model's output");
    int64_t correct = 0;
    for (int64_t row = 0; row < batch.rows; ++row) {
      const float* y = batch.outputs.data() + row * batch.columns;
      const float* t = batch.targets.data() + row * batch.columns;
      correct += (std::max_element(y, y + batch.columns) - y) ==
                 (std::max_element(t, t + batch.columns) - t);
    }
    return static_cast<double>(correct);
  }
};

}  // namespace

extern const MetricType categorical_accuracy;
constinit const MetricType categorical_accuracy =
    describe_metric<CategoricalAccuracy>("categorical_accuracy", "CategoricalAccuracy");

}  // namespace thaw::metric_types
