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
#include "thaw/features/disk/feature_folder.h"
#include "thaw/features/feature_store.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// What the frozen layers give for the samples of one dataset at one cut.
struct FeatureRows {
  std::unique_ptr<FeatureStore> store;
  std::vector<bool> present;  ///< one a sample: whether the store has its row
};

/// The features that the fits of one model share, in memory; where there is a folder for them, on
/// disk too, where they outlive the program. A fit that trains more layers than one before begins
/// lower, and finds the features of its own cut if that cut was expected.
class KeptFeatures {
 public:
  KeptFeatures() = default;
  explicit KeptFeatures(FeatureFolder folder) : folder_(std::move(folder)) {}
  /// As finish().
  ~KeptFeatures();
  KeptFeatures(const KeptFeatures&) = delete;
  KeptFeatures& operator=(const KeptFeatures&) = delete;

  /// Names a cut that a later fit will begin at, in values of the lowered model (see
  /// Model::frozen_cut()). Passes that end above it keep the features there too.
  void expect(std::vector<ops::Value> cut) { expected_.push_back(std::move(cut)); }
  const std::vector<std::vector<ops::Value>>& expected() const { return expected_; }
  const std::optional<FeatureFolder>& folder() const { return folder_; }

  /// The rows of a dataset (and of its copies) in the set called `set_key`, which stands for the
  /// function that computes them. Made empty, without a store, when first asked for; valid as long
  /// as this object.
  FeatureRows& rows(const Dataset& data, const std::string& set_key) {
    return rows_[{data.identity(), set_key}];
  }

  /// Fills in those of the absent rows that the folder has. `row_floats` is the length of a row.
  void load(const Dataset& data, const std::string& set_key, FeatureRows& rows, int64_t row_floats,
            Threads& threads);
  /// Writes the rows of these samples to the folder while the caller goes on. Needs a load() of the
  /// same dataset before.
  void save(const Dataset& data, const std::string& set_key, FeatureRows& rows,
            std::vector<int64_t> samples, int64_t row_floats);
  /// Waits until all that save() was given is on disk. Returns why some of it is not, or nothing:
  /// training does without, and a later run computes it again.
  std::string finish();
  /// What each sample's row is found by in the folder: its content key; empty for a sample that
  /// cannot be read or has none, which is computed each time.
  const std::vector<std::string>& sample_keys(const Dataset& data, Threads& threads);

 private:
  using DatasetIdentity = std::shared_ptr<const void>;

  std::optional<FeatureFolder> folder_;
  std::vector<std::vector<ops::Value>> expected_;
  std::map<std::pair<DatasetIdentity, std::string>, FeatureRows> rows_;
  std::map<DatasetIdentity, std::vector<std::string>> sample_keys_;
  std::vector<std::thread> writers_;
  std::mutex failure_mutex_;
  std::string failure_;
};

}  // namespace thaw
