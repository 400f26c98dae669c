#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "thaw/features/disk/feature_folder.h"

namespace thaw {

/// Writes one new shard of a set, which appears whole or not at all: without commit() nothing stays
/// behind. Every Error (the folder cannot be written, the disk is full, the rows are past the
/// folder's limit) is safe to ignore: the features are then not kept, no more. For one thread.
class FeatureWriter {
 public:
  FeatureWriter(FeatureFolder folder, std::string_view set_key, int64_t row_floats);
  ~FeatureWriter();
  FeatureWriter(FeatureWriter&&) noexcept;
  FeatureWriter& operator=(FeatureWriter&&) noexcept;

  /// Writes the row at once, without a copy. A sample that was added before is left out. After an
  /// Error from here, the writer is of no more use.
  void add(std::string_view sample_key, std::span<const float> row);
  /// Makes the shard appear, then evicts others until the folder is within its limit. Without rows
  /// there is no shard.
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw
