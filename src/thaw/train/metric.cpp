#include "thaw/train/metric.h"

#include "thaw/core/error.h"

namespace thaw::metric_types {

const MetricType& find(std::string_view name, int64_t columns, int64_t target_columns) {
  if (name == "accuracy" || name == "acc") {
    name = columns == 1          ? "binary_accuracy"
           : target_columns == 1 ? "sparse_categorical_accuracy"
                                 : "categorical_accuracy";
  }
  std::string known = "accuracy";
  for (const MetricType* type : all()) {
    if (type->name == name) return *type;
    known += ", " + std::string(type->name);
  }
  throw UsageError("metric: expected one of " + known + ", received \"" + std::string(name) + "\"");
}

}  // namespace thaw::metric_types
