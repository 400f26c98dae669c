#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// true positives / (true positives + false negatives) over all columns of all rows, each a yes
/// where the model gives more than the threshold; 0 where no target is one.
struct Recall {
  double thresholds = 0.5;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("thresholds", thresholds);
  }

  size_t sums(int64_t) const { return 2; }

  /// True positives, then false negatives.
  void add(const BatchResult& batch, std::span<double> sums) const {
    const std::vector<float> outputs = batch.model_outputs();
    for (int64_t i = 0; i < batch.rows * batch.columns; ++i) {
      if (batch.target(i / batch.columns, i % batch.columns, "recall") == 0) continue;
      sums[outputs[static_cast<size_t>(i)] > static_cast<float>(thresholds) ? 0 : 1] += 1;
    }
  }

  double values(std::span<const double> sums) const {
    return sums[0] == 0 ? 0.0 : sums[0] / (sums[0] + sums[1]);
  }
};

}  // namespace

extern const MetricType recall;
constinit const MetricType recall = describe_metric<Recall>("recall", "Recall");

}  // namespace thaw::metric_types
