#pragma once

// Turns a plain struct of train/metrics/ into a Metric; included by those files alone.
//
// The struct T has fields(visit), which names its options as Keras does, and either
//   double sum(batch) const             Σ over the rows of a batch: the metric is its mean over
//   rows
// or all of
//   size_t sums(columns) const          how many sums it keeps
//   void add(batch, sums) const         adds a batch to them
//   values(sums) const                  one double, or a std::vector<MetricValue>

#include "thaw/train/metric.h"
#include "thaw/train/options.h"

namespace thaw {

template <typename T>
class DescribedMetric final : public Metric {
 public:
  explicit DescribedMetric(T described) : described_(std::move(described)) {}

  Config options() const override { return changed_options(described_); }

  size_t sums(int64_t columns) const override {
    if constexpr (is_mean) {
      return 2;
    } else {
      return described_.sums(columns);
    }
  }

  void add(const BatchResult& batch, std::span<double> sums) const override {
    if constexpr (is_mean) {
      sums[0] += described_.sum(batch);
      sums[1] += static_cast<double>(batch.rows);
    } else {
      described_.add(batch, sums);
    }
  }

  std::vector<MetricValue> values(std::span<const double> sums) const override {
    if constexpr (is_mean) {
      return {{"", sums[1] == 0 ? 0.0 : sums[0] / sums[1]}};
    } else if constexpr (requires(double x) { x = described_.values(sums); }) {
      return {{"", described_.values(sums)}};
    } else {
      return described_.values(sums);
    }
  }

 private:
  static constexpr bool is_mean = requires(const T& t, const BatchResult& b) { t.sum(b); };

  T described_;
};

/// The table's row of T.
template <typename T>
constexpr MetricType describe_metric(std::string_view name, std::string_view class_name,
                                     MetricType::Better better = MetricType::Better::larger) {
  return {name, class_name, better, &option_names<T>,
          [](const Config& options) -> std::unique_ptr<Metric> {
            return std::make_unique<DescribedMetric<T>>(read_options<T>(options));
          }};
}

}  // namespace thaw
