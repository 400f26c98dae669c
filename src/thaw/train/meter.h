#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/train/history.h"
#include "thaw/train/loss.h"
#include "thaw/train/metric.h"
#include "thaw/train/targets.h"

namespace thaw {

/// Loss and metrics over the batches seen since reset().
class Meter {
 public:
  /// `left_off`: the activation that the model's outputs are the logits of. Throws UsageError on a
  /// loss or options that are not known; metrics are resolved at the first batch, whose widths
  /// decide what "accuracy" is.
  Meter(const Loss& loss, std::vector<std::string> metrics, Activation::Kind left_off);

  /// Adds the first samples.size() rows of `outputs` [rows, …]; fills `gradient` unless empty.
  void add(const Tensor& outputs, const Targets& targets, std::span<const int64_t> samples,
           std::span<float> gradient);
  void reset();
  /// All that it goes on from: Σ of the loss, how many samples those are, each metric's sums.
  const std::vector<double>& sums() const { return sums_; }
  /// Goes on from sums(); from nothing when empty. The next add() throws Error when they are not of
  /// these metrics.
  void restore(std::span<const double> sums);
  /// "loss", then the metrics by their names, each with `prefix` before it.
  const Logs& logs(std::string_view prefix = "");

 private:
  struct Part {
    std::string name;
    std::unique_ptr<Metric> metric;
    size_t first = 0;  ///< of its sums
    size_t count = 0;
  };

  void resolve(const BatchResult& batch);

  std::unique_ptr<LossFunction> loss_;
  std::vector<std::string> names_;
  Activation::Kind left_off_;
  std::vector<Part> parts_;
  bool resolved_ = false;
  std::vector<float> rows_;
  std::vector<float> weights_;
  std::vector<double> sums_;
  Logs logs_;
};

}  // namespace thaw
