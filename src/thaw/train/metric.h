#pragma once

#include <span>
#include <string_view>

#include "thaw/train/loss.h"

namespace thaw {

/// One metric: a row of the table that CMake makes from the files of train/metrics/. Sample weights
/// do not touch it, as in Keras.
struct MetricType {
  std::string_view name;  ///< Keras's: "categorical_accuracy"
  /// The sum over the rows of the batch; the metric is this over all rows seen.
  double (*run)(const BatchResult& batch);
};

namespace metric_types {
/// Every metric there is.
std::span<const MetricType* const> all();
/// "accuracy" and "acc" resolve as in Keras: binary when the model gives one column, sparse when a
/// target is one class number, else categorical. Throws UsageError listing the known names.
const MetricType& find(std::string_view name, int64_t columns, int64_t target_columns);
}  // namespace metric_types

}  // namespace thaw
