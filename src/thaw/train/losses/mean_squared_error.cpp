#include "thaw/core/error.h"
#include "thaw/train/describe_loss.h"

namespace thaw::loss_types {
namespace {

/// (y − t)², averaged over the columns.
struct MeanSquaredError {
  template <typename Visit>
  void fields(Visit&&) {}

  double run(const BatchResult& batch, std::span<float> gradient) const;
};

double MeanSquaredError::run(const BatchResult& batch, std::span<float> gradient) const {
  if (batch.target_columns != batch.columns) {
    throw Error("mean_squared_error: expected " + std::to_string(batch.columns) +
                " numbers a target, received " + std::to_string(batch.target_columns));
  }
  const double count = static_cast<double>(batch.rows) * static_cast<double>(batch.columns);
  double loss = 0;
  for (int64_t i = 0; i < batch.rows * batch.columns; ++i) {
    const auto at = static_cast<size_t>(i);
    const double weight = batch.weight(i / batch.columns);
    const double difference = double{batch.outputs[at]} - batch.targets[at];
    loss += weight * difference * difference;
    if (!gradient.empty()) gradient[at] = static_cast<float>(2 * weight * difference / count);
  }
  return loss / count;
}

}  // namespace

extern const LossType mean_squared_error;
constinit const LossType mean_squared_error = describe_loss<MeanSquaredError>(
    "mean_squared_error", "MeanSquaredError", {.short_name = "mse"});

}  // namespace thaw::loss_types
