#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace thaw {

/// Rows of floats on disk for as long as this lives, for what does not fit in memory: a mapped file
/// without a name, so that nothing is left behind however the process ends. Rows begin at multiples
/// of 64 bytes and hold zeros at first. Different rows may be used by different threads.
class MappedRows {
 public:
  /// Throws Error when the folder cannot be written or has no room for all of it.
  MappedRows(const std::filesystem::path& folder, int64_t rows, int64_t row_floats);
  ~MappedRows();
  MappedRows(MappedRows&& other) noexcept;
  MappedRows& operator=(MappedRows&& other) noexcept;

  int64_t rows() const { return rows_; }
  std::span<float> row(int64_t index);
  std::span<const float> row(int64_t index) const;

 private:
  int64_t rows_;
  int64_t row_floats_;
  int64_t stride_floats_;
  size_t bytes_;
  float* data_ = nullptr;
};

}  // namespace thaw
