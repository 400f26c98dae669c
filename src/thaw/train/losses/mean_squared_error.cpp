#include "thaw/core/error.h"
#include "thaw/train/loss.h"

namespace thaw::loss_types {
namespace {

/// (y − t)², averaged over the columns.
double run(const BatchResult& batch, std::span<float> gradient) {
  if (batch.options.label_smoothing != 0) {
    throw UsageError("mean_squared_error: expected no label_smoothing, received " +
                     std::to_string(batch.options.label_smoothing));
  }
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

extern const LossType mean_squared_error{"mean_squared_error", Activation::Kind::linear, false,
                                         run};

}  // namespace thaw::loss_types
