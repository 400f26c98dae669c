#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "thaw/heads/intervals.h"
#include "thaw/train/history.h"

namespace thaw {

/// One step of a climb: what it tried, and how that did on images kept out.
struct Rung {
  std::string name;           ///< the block that begins to train: "block_16"
  int64_t blocks = 0;         ///< so many of the last ones train
  int64_t judged_images = 0;  ///< that were kept out, of all folds tried
  /// On these, before it and after, at the temperature that each asks for.
  double negative_log_likelihood_before = 0;
  double negative_log_likelihood = 0;
  double accuracy_before = 0;
  double accuracy = 0;
  PairedDifference difference = {};
  /// How far the weights go from those before to those fitted: 0, it is rolled back.
  double share = 0;
  std::vector<Logs> epochs = {};  ///< means over the folds
  double seconds = 0;

  bool is_kept() const { return share > 0; }
};

}  // namespace thaw
