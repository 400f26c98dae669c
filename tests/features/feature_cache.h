#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/temporary_folder.h"
#include "thaw/features/disk/feature_folder.h"
#include "thaw/features/disk/feature_writer.h"

namespace thaw::testing {

/// A cache of its own for each test.
class FeatureCacheTest : public ::testing::Test {
 protected:
  static constexpr const char* set = "0123456789abcdef0123456789abcdef";
  static constexpr const char* other_set = "ffffffffffffffff0000000000000000";
  static constexpr int64_t roomy = 1'000'000'000;

  std::filesystem::path where() const { return temporary_ / "features"; }
  FeatureFolder folder(int64_t limit_bytes = roomy) const {
    return FeatureFolder({.folder = where(), .limit_bytes = limit_bytes});
  }

  /// Values that tell the sample, and every place in its row.
  static std::vector<float> row_of(int sample, size_t floats);
  static std::string key_of(int sample) { return "sample " + std::to_string(sample); }

  /// Commits one shard with the rows of samples [first, last).
  void write(const char* set_key, int first, int last, size_t floats,
             int64_t limit_bytes = roomy) const;
  /// How many of the samples [first, last) are read; each that is has to be its row bit by bit.
  static int readable(const FeatureSet& features, int first, int last, size_t floats);
  int readable(const char* set_key, int first, int last, size_t floats) const {
    return readable(folder().open(set_key, static_cast<int64_t>(floats)), first, last, floats);
  }

  /// The names of all files in the folder.
  std::vector<std::string> files() const;
  /// The one file that there has to be.
  std::filesystem::path only_file() const;

 private:
  TemporaryFolder temporary_;
};

}  // namespace thaw::testing
