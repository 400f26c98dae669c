#include "thaw/features/disk/mapped_rows.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/features/disk/shard.h"

namespace thaw {
namespace {

/// A full disk has to show now: later it could only be a signal at the first touch of a page.
void reserve(const Descriptor& file, size_t bytes, const std::filesystem::path& folder) {
  int failure = EINTR;
  while (failure == EINTR) failure = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  if (failure == 0) return;
  throw Error(fmt::format(
      "{}: no room for {} bytes of features: {}: free some space or choose another folder",
      folder.string(), bytes, std::strerror(failure)));
}

}  // namespace

MappedRows::MappedRows(const std::filesystem::path& folder, int64_t rows, int64_t row_floats)
    : rows_(rows), row_floats_(row_floats) {
  check_row_floats(row_floats);
  const uint64_t stride = row_stride(static_cast<uint64_t>(row_floats));
  constexpr uint64_t limit = uint64_t{1} << 62;
  if (rows < 1 || static_cast<uint64_t>(rows) > limit / stride)
    throw Error(
        fmt::format("rows of features: expected 1 … {}, received {}", limit / stride, rows));
  stride_floats_ = static_cast<int64_t>(stride / sizeof(float));
  bytes_ = static_cast<size_t>(rows) * stride;
  const std::filesystem::path path = new_rows_path(folder);
  const Descriptor file = create_locked(path);
  remove_file(path);
  reserve(file, bytes_, folder);
  void* address = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (address == MAP_FAILED) {
    throw Error(fmt::format("{}: {} bytes of features cannot be mapped: {}", folder.string(),
                            bytes_, std::strerror(errno)));
  }
  data_ = static_cast<float*>(address);
}

MappedRows::~MappedRows() {
  if (data_ != nullptr) ::munmap(data_, bytes_);
}

MappedRows::MappedRows(MappedRows&& other) noexcept
    : rows_(other.rows_),
      row_floats_(other.row_floats_),
      stride_floats_(other.stride_floats_),
      bytes_(other.bytes_),
      data_(std::exchange(other.data_, nullptr)) {}

MappedRows& MappedRows::operator=(MappedRows&& other) noexcept {
  std::swap(rows_, other.rows_);
  std::swap(row_floats_, other.row_floats_);
  std::swap(stride_floats_, other.stride_floats_);
  std::swap(bytes_, other.bytes_);
  std::swap(data_, other.data_);
  return *this;
}

std::span<float> MappedRows::row(int64_t index) {
  assert(index >= 0 && index < rows_);
  return {data_ + index * stride_floats_, static_cast<size_t>(row_floats_)};
}

std::span<const float> MappedRows::row(int64_t index) const {
  assert(index >= 0 && index < rows_);
  return {data_ + index * stride_floats_, static_cast<size_t>(row_floats_)};
}

}  // namespace thaw
