#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/dataset.h"
#include "thaw/data/features/feature_folder.h"
#include "thaw/ops/graph.h"
#include "thaw/train/feature_store.h"

namespace thaw {

/// What the frozen layers give for the samples of one dataset at one cut of the network.
struct Features {
  std::unique_ptr<FeatureStore> store;
  std::vector<bool> present;  ///< whether the store has the sample
};

/// Features that several fits of one model share, and that outlive the program where there is a
/// folder for them: a later fit that trains more layers begins where its own frozen part ends, and
/// finds that computed already.
class FeatureBank {
 public:
  FeatureBank() = default;
  explicit FeatureBank(FeatureFolder folder) : folder_(std::move(folder)) {}
  /// As finish().
  ~FeatureBank();
  FeatureBank(const FeatureBank&) = delete;
  FeatureBank& operator=(const FeatureBank&) = delete;

  /// A cut that a later fit will begin at, as values of the lowered model: kept on the way to any
  /// cut above it.
  void expect(std::vector<ops::Value> cut) { expected_.push_back(std::move(cut)); }
  const std::vector<std::vector<ops::Value>>& expected() const { return expected_; }
  const std::optional<FeatureFolder>& folder() const { return folder_; }

  /// Those of one dataset under the key of the function that computes them; made empty at first.
  Features& of(const Dataset& data, const std::string& function) {
    return features_[{&data, function}];
  }

  /// Takes from the folder what it has of the absent samples.
  void load(const Dataset& data, const std::string& function, Features& features,
            int64_t row_floats, Threads& threads);
  /// Writes these samples to the folder, while the caller goes on. The features must stay.
  void save(const Dataset& data, const std::string& function, Features& features,
            std::vector<int64_t> samples, int64_t row_floats);
  /// Waits until what was computed is on disk. Why some of it is not, or empty: training goes on
  /// without, and a later run computes it again.
  std::string finish();
  /// What the samples' rows are found by in the folder; empty where there is none.
  const std::vector<std::string>& keys(const Dataset& data, Threads& threads);

 private:
  std::optional<FeatureFolder> folder_;
  std::vector<std::vector<ops::Value>> expected_;
  std::map<std::pair<const Dataset*, std::string>, Features> features_;
  std::map<const Dataset*, std::vector<std::string>> keys_;
  std::vector<std::thread> writers_;
  std::mutex failure_mutex_;
  std::string failure_;
};

}  // namespace thaw
