#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_loss.h"

namespace thaw::loss_types {
namespace {

/// |y − t|, averaged over the columns.
struct MeanAbsoluteError {
  template <typename Visit>
  void fields(Visit&&) {}

  double run(const BatchResult& batch, std::span<float> gradient) const {
    if (batch.target_columns != batch.columns)
      throw Error("mean_absolute_error: expected " + std::to_string(batch.columns) +
                  " numbers a target, received " + std::to_string(batch.target_columns));
    const double count = static_cast<double>(batch.rows) * static_cast<double>(batch.columns);
    double loss = 0;
    for (size_t i = 0; i < batch.outputs.size(); ++i) {
      const double weight = batch.weight(static_cast<int64_t>(i) / batch.columns);
      const double difference = double{batch.outputs[i]} - batch.targets[i];
      loss += weight * std::abs(difference);
      if (!gradient.empty())
        gradient[i] = static_cast<float>(std::copysign(weight, difference) / count);
    }
    return loss / count;
  }
};

}  // namespace

extern const LossType mean_absolute_error;
constinit const LossType mean_absolute_error = describe_loss<MeanAbsoluteError>(
    "mean_absolute_error", "MeanAbsoluteError", {.short_name = "mae"});

}  // namespace thaw::loss_types
