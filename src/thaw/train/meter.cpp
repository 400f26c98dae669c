#include "thaw/train/meter.h"

#include <algorithm>
#include <cstring>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// The loss, and how many samples that is of.
constexpr size_t own_sums = 2;

}  // namespace

Meter::Meter(const Loss& loss, std::vector<std::string> metrics, Activation::Kind left_off)
    : loss_(make_loss(loss)), names_(std::move(metrics)), left_off_(left_off) {}

void Meter::resolve(const BatchResult& batch) {
  size_t total = own_sums;
  for (const std::string& text : names_) {
    const Choice choice = parse_choice(text);
    with_context("metric " + choice.name, [&] {
      const MetricType& type = metric_types::find(choice.name, batch.columns, batch.target_columns);
      Part part{choice.name, type.make(choice.options), total};
      part.count = part.metric->sums(batch.columns);
      total += part.count;
      parts_.push_back(std::move(part));
    });
  }
  if (!sums_.empty() && sums_.size() != total) {
    throw Error("the state to go on from has " + std::to_string(sums_.size()) +
                " sums of loss and metrics, expected " + std::to_string(total) +
                ": go on with the same metrics, or start anew");
  }
  sums_.resize(total);
  resolved_ = true;
}

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
                          .left_off = left_off_};
  if (!resolved_) resolve(batch);
  sums_[0] += loss_->run(batch, gradient) * static_cast<double>(rows);
  sums_[1] += static_cast<double>(rows);
  for (const Part& part : parts_)
    part.metric->add(batch, std::span(sums_).subspan(part.first, part.count));
}

void Meter::reset() {
  if (resolved_) {
    std::ranges::fill(sums_, 0.0);
  } else {
    sums_.clear();
  }
}

void Meter::restore(std::span<const double> sums) {
  if (sums.empty()) {
    reset();
    return;
  }
  sums_.assign(sums.begin(), sums.end());
  parts_.clear();
  resolved_ = false;
}

const Logs& Meter::logs(std::string_view prefix) {
  logs_.clear();
  const bool is_new = sums_.empty() || sums_[1] == 0;
  logs_.emplace_back(std::string(prefix) + "loss", is_new ? 0.0 : sums_[0] / sums_[1]);
  for (const Part& part : parts_) {
    for (auto& [place, value] :
         part.metric->values(std::span(sums_).subspan(part.first, part.count)))
      logs_.emplace_back(std::string(prefix) + part.name + place, value);
  }
  return logs_;
}

}  // namespace thaw
