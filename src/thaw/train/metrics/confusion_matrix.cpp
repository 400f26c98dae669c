#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

/// How many rows of class i the model took for class j, as "[i][j]": classes × classes numbers. A
/// model of one column tells two classes apart, at one half. Keras has no such metric, so files of
/// models do not name it.
struct ConfusionMatrix {
  template <typename Visit>
  void fields(Visit&&) {}

  static int64_t classes(int64_t columns) { return columns == 1 ? 2 : columns; }
  size_t sums(int64_t columns) const {
    return static_cast<size_t>(classes(columns) * classes(columns));
  }

  void add(const BatchResult& batch, std::span<double> sums) const {
    const int64_t width = classes(batch.columns);
    for (int64_t row = 0; row < batch.rows; ++row) {
      const int64_t is = batch.target_class(row, "confusion_matrix");
      sums[static_cast<size_t>(is * width + batch.output_class(row))] += 1;
    }
  }

  std::vector<MetricValue> values(std::span<const double> sums) const {
    size_t width = 1;
    while (width * width < sums.size()) ++width;
    std::vector<MetricValue> result;
    for (size_t i = 0; i < sums.size(); ++i) {
      result.push_back(
          {"[" + std::to_string(i / width) + "][" + std::to_string(i % width) + "]", sums[i]});
    }
    return result;
  }
};

}  // namespace

extern const MetricType confusion_matrix;
constinit const MetricType confusion_matrix =
    describe_metric<ConfusionMatrix>("confusion_matrix", "", MetricType::Better::neither);

}  // namespace thaw::metric_types
