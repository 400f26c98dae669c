#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/train/batch_result.h"
#include "thaw/train/choice.h"

namespace thaw {

/// One number of a metric. `place` is empty, or says which of several it is: "[2]", "[0][1]".
struct MetricValue {
  std::string place;
  double value = 0;
};

/// One metric with its options. What it has seen is outside of it, as numbers that are sums over
/// samples: they begin at 0, those of two sets of samples are added, and they go into checkpoints.
/// Sample weights do not touch it, as in Keras.
class Metric {
 public:
  virtual ~Metric() = default;
  /// The options that differ from the usual ones.
  virtual Config options() const = 0;
  /// How many sums it keeps, of a model with so many output columns.
  virtual size_t sums(int64_t columns) const = 0;
  /// Adds a batch to them. Throws Error when targets or outputs do not fit.
  virtual void add(const BatchResult& batch, std::span<double> sums) const = 0;
  virtual std::vector<MetricValue> values(std::span<const double> sums) const = 0;
};

/// One kind of metric: a row of the table that CMake makes from the files of train/metrics/.
struct MetricType {
  enum class Better { larger, smaller, neither };

  std::string_view name;        ///< Keras's: "categorical_accuracy"
  std::string_view class_name;  ///< Keras's: "CategoricalAccuracy"; empty: Keras has none
  Better better;
  std::vector<std::string> (*option_names)();
  /// Throws UsageError on options that it does not have.
  std::unique_ptr<Metric> (*make)(const Config& options);
};

namespace metric_types {
/// Every metric there is.
std::span<const MetricType* const> all();
/// "accuracy" and "acc" resolve as in Keras: binary when the model gives one column, sparse when a
/// target is one class number, else categorical. Throws UsageError listing the known names.
const MetricType& find(std::string_view name, int64_t columns, int64_t target_columns);
/// All names that metrics may be asked by: "accuracy, auc, …".
std::string names();
}  // namespace metric_types

/// Throws UsageError unless `text` ("accuracy", "f1_score@average=macro") is a metric with options
/// that it has.
void check_metric(std::string_view text);

/// Whether a larger value of what logs call `name` ("val_accuracy", "loss", "f1_score[2]") is the
/// better one. Throws UsageError when it is not known of it.
bool larger_is_better(std::string_view name);

}  // namespace thaw
