#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// Σ p² over the classes: 1 where the model is sure, 1/classes where it has no idea.
struct Sharpness {
  template <typename Visit>
  void fields(Visit&&) {}

  double sum(const BatchResult& batch) const {
    double sum = 0;
    for (const float p : batch.model_outputs()) sum += double{p} * p;
    return sum;
  }
};

}  // namespace

extern const MetricType sharpness;
constinit const MetricType sharpness =
    describe_metric<Sharpness>("sharpness", "", MetricType::Better::neither);

}  // namespace thaw::metric_types
