#include <algorithm>
#include <cstring>

#include "thaw/train/trainer.h"

namespace thaw {

void Meter::add(const Tensor& outputs, const Targets& targets, std::span<const int64_t> samples,
                std::span<float> gradient) {
  const auto rows = static_cast<int64_t>(samples.size());
  const int64_t width = targets.values.shape()[1];
  rows_.resize(static_cast<size_t>(rows * width));
  weights_.clear();
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t sample = samples[static_cast<size_t>(i)];
    std::memcpy(rows_.data() + i * width, targets.values.data() + sample * width,
                static_cast<size_t>(width) * sizeof(float));
    if (!targets.weights.empty()) weights_.push_back(targets.weights[static_cast<size_t>(sample)]);
  }
  const int64_t columns = outputs.elements() / outputs.shape()[0];
  const BatchResult batch{.outputs = outputs.values().first(static_cast<size_t>(rows * columns)),
                          .targets = rows_,
                          .weights = weights_,
                          .rows = rows,
                          .columns = columns,
                          .target_columns = width,
                          .left_off = left_off_,
                          .options = options_.loss.options};
  sums_.resize(1 + options_.metrics.size());
  sums_[0] += loss_.run(batch, gradient) * static_cast<double>(rows);
  for (size_t i = 0; i < options_.metrics.size(); ++i)
    sums_[i + 1] += metric_types::find(options_.metrics[i], columns, width).run(batch);
  count_ += static_cast<double>(rows);
}

void Meter::reset() {
  sums_.assign(1 + options_.metrics.size(), 0.0);
  count_ = 0;
}

std::vector<double> Meter::sums() const {
  std::vector<double> result = sums_;
  result.push_back(count_);
  return result;
}

void Meter::restore(std::span<const double> sums) {
  reset();
  if (sums.size() != sums_.size() + 1) return;
  std::ranges::copy(sums.first(sums_.size()), sums_.begin());
  count_ = sums.back();
}

const Logs& Meter::logs(std::string_view prefix) {
  logs_.clear();
  sums_.resize(1 + options_.metrics.size());
  for (size_t i = 0; i < sums_.size(); ++i) {
    const std::string& name = i == 0 ? std::string("loss") : options_.metrics[i - 1];
    logs_.emplace_back(std::string(prefix) + name, count_ == 0 ? 0.0 : sums_[i] / count_);
  }
  return logs_;
}

}  // namespace thaw
