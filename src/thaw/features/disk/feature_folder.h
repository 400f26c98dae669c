#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thaw/core/files.h"
#include "thaw/features/disk/feature_set.h"

namespace thaw {

/// THAW_CACHE_BYTES, else 10 GB (10^10 bytes). Throws UsageError when the variable is no number.
int64_t default_feature_limit_bytes();

/// cache_folder()/features; empty where there is none.
std::filesystem::path default_feature_folder();

struct FeatureFolderOptions {
  std::filesystem::path folder = default_feature_folder();
  /// Shards used least recently are removed past it.
  int64_t limit_bytes = default_feature_limit_bytes();
  /// What stays free on its disk for what else the run writes.
  int64_t leaves_bytes = 0;
};

/// The folder where features outlive the run: what a frozen network gives for a sample, as one row
/// of floats. Rows are found by the set (32 hexadecimal digits: a hash of the function that they
/// are values of) and by the sample's key. Any number of processes may use a folder at once.
///
///     FeatureFolder folder({});
///     FeatureSet known = folder.open(set_key, row_floats);
///     FeatureWriter fresh(folder, set_key, row_floats);
///     if (!known.read(key, row)) fresh.add(key, compute(row));
///     fresh.commit();
class FeatureFolder {
 public:
  struct SetInfo {
    std::string set_key;
    int64_t row_bytes = 0;  ///< 0: no shard of it can be read
    int64_t rows = 0;
    int64_t shards = 0;
    int64_t bytes = 0;
    std::chrono::system_clock::time_point last_used;
  };

  explicit FeatureFolder(FeatureFolderOptions options) : options_(std::move(options)) {}
  const FeatureFolderOptions& options() const { return options_; }

  /// The rows that the set has now. A folder that is absent or cannot be read holds none.
  FeatureSet open(std::string_view set_key, int64_t row_floats) const {
    return {options_.folder, set_key, row_floats};
  }

  /// Its sets, the most recently used first.
  std::vector<SetInfo> sets() const;
  /// Bytes of all files of ours.
  int64_t bytes() const;
  /// Removes the files of ours, save those that another process is writing; returns their bytes.
  /// Throws Error naming the first that cannot be removed.
  int64_t clear() const;
  /// Removes what processes that died have left, and then the shards used least recently until
  /// bytes() is within the limit; `keep` stays.
  void evict(const std::filesystem::path& keep = {}) const;

 private:
  FeatureFolderOptions options_;
};

}  // namespace thaw
