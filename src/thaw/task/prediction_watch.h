#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "thaw/task/outputs.h"

namespace thaw {

/// Looks on while a model predicts: one that is fed otherwise than it was trained often shows it.
class PredictionWatch {
 public:
  PredictionWatch(OutputMeaning meaning, std::vector<std::string> class_names);

  /// One image's outputs as they are shown, after any softmax; `label`: its class, if known.
  void add(std::span<const float> outputs, std::optional<int64_t> label = {});

  /// A line for people, naming what is likely wrong and what to give; empty: nothing is.
  /// - With labels: of 30 images or more the accuracy is not significantly above 1/classes
  ///   (binomial, one-sided, 5 %), of 12 or more it is not above it at all, or, of 8 or more of
  ///   several classes, all are given one class with probabilities of 0.99 on average.
  /// - Without labels, of 8 images or more: all are given one class with certainty (1 within 1e-6),
  ///   or all get the same outputs within 0.005.
  std::string doubt() const;

 private:
  std::string doubt_of_labelled(const std::string& causes) const;
  std::string doubt_of_outputs(const std::string& causes) const;
  bool all_of_one_class() const;

  OutputMeaning meaning_;
  std::vector<std::string> names_;
  std::vector<float> least_;  ///< of each output
  std::vector<float> most_;
  std::vector<int64_t> predicted_;  ///< how many images were given each class
  std::vector<int64_t> labelled_;   ///< how many are of it
  int64_t images_ = 0;
  int64_t correct_ = 0;
  float least_certain_ = 1;  ///< the lowest of the highest probabilities
  double certainty_ = 0;     ///< their sum
};

/// The chance, in 0 … 1, of `correct` or more hits of `tries` where each is one with probability
/// `chance`.
double chance_of_hits(int64_t tries, int64_t correct, double chance);

}  // namespace thaw
