#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "thaw/data/dataset.h"
#include "thaw/ops/graph.h"
#include "thaw/train/feature_store.h"

namespace thaw {

/// What the frozen layers give for the samples of one dataset at one cut of the network.
struct Features {
  std::unique_ptr<FeatureStore> store;
  std::vector<bool> present;  ///< whether the store has the sample
};

/// Features that several fits of one model share: a later fit that trains more layers begins where
/// its own frozen part ends, and finds that computed already.
class FeatureBank {
 public:
  /// A cut that a later fit will begin at, as values of the lowered model: kept on the way to any
  /// cut above it.
  void expect(std::vector<ops::Value> cut) { expected_.push_back(std::move(cut)); }
  const std::vector<std::vector<ops::Value>>& expected() const { return expected_; }

  /// Those of one dataset under the hash of the function that computes them; made empty at first.
  Features& of(const Dataset& data, const std::string& function) {
    return features_[{&data, function}];
  }

 private:
  std::vector<std::vector<ops::Value>> expected_;
  std::map<std::pair<const Dataset*, std::string>, Features> features_;
};

}  // namespace thaw
