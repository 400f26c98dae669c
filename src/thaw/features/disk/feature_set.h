#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace thaw {

/// The rows that a set of a FeatureFolder held when it was opened: one file descriptor a shard, so
/// they stay readable when another process removes the files. May be used by several threads.
class FeatureSet {
 public:
  FeatureSet(const std::filesystem::path& folder, std::string_view set_key, int64_t row_floats);
  ~FeatureSet();
  FeatureSet(FeatureSet&&) noexcept;
  FeatureSet& operator=(FeatureSet&&) noexcept;

  /// Rows of different samples.
  int64_t rows() const;
  /// True even if the row turns out to be damaged when it is read.
  bool contains(std::string_view sample_key) const;
  /// Reads the sample's row and verifies its checksum. False when it is absent or damaged, with
  /// `row` in an undefined state: then compute it. A shard with damage is removed, and the rest of
  /// its rows count as absent. Throws Error when `row` has not row_floats floats.
  bool read(std::string_view sample_key, std::span<float> row) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw
