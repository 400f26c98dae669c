#pragma once

// The shard files of a FeatureFolder; docs/feature_cache.md describes them. For this folder alone.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thaw/core/content_hash.h"

namespace thaw {

/// A file descriptor, closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }

  explicit operator bool() const { return value_ >= 0; }
  int get() const { return value_; }
  void close();

 private:
  int value_ = -1;
};

/// The first 64 bytes of a shard.
struct ShardHeader {
  uint64_t magic = 0;
  uint32_t version = 0;
  uint32_t reserved = 0;
  ContentHash set;
  uint64_t row_floats = 0;
  uint64_t rows = 0;
  uint64_t index_checksum = 0;
  uint64_t header_checksum = 0;  ///< of all before it
};
static_assert(sizeof(ShardHeader) == 64);

/// What the index says of each row, in the rows' order.
struct ShardEntry {
  ContentHash sample;
  uint64_t checksum = 0;  ///< of the row's floats
};
static_assert(sizeof(ShardEntry) == 24);

constexpr uint64_t shard_row_limit = uint64_t{1} << 22;
constexpr uint64_t row_floats_limit = uint64_t{1} << 32;

/// Bytes from one row to the next: rows begin at multiples of 64.
constexpr uint64_t row_stride(uint64_t row_floats) {
  return (row_floats * sizeof(float) + 63) / 64 * 64;
}
/// Requires `rows` and `row_floats` within their limits.
constexpr uint64_t index_offset(uint64_t rows, uint64_t row_floats) {
  return sizeof(ShardHeader) + rows * row_stride(row_floats);
}
constexpr uint64_t shard_bytes(uint64_t rows, uint64_t row_floats) {
  return index_offset(rows, row_floats) + rows * sizeof(ShardEntry);
}

uint64_t checksum(std::span<const std::byte> bytes);
ContentHash sample_hash(std::string_view sample_key);

/// A header that describes this index and is complete.
ShardHeader make_header(ContentHash set, uint64_t row_floats, std::span<const ShardEntry> index);

/// The set that these 32 hexadecimal digits name; throws Error when they are none.
ContentHash parse_set_key(std::string_view set_key);
/// Throws Error when it is below 1 or too many.
void check_row_floats(int64_t row_floats);

/// A file of ours in the folder, by its name.
struct FeatureFile {
  std::filesystem::path path;
  std::string set_key;        ///< empty when the file is of no set
  bool is_temporary = false;  ///< being written, or left by a process that died
  int64_t bytes = 0;
  std::chrono::system_clock::time_point last_used;
};

/// All of them; empty when there is no such folder or it cannot be read.
std::vector<FeatureFile> feature_files(const std::filesystem::path& folder);

/// FOLDER/<set>-<a new number>.features
std::filesystem::path new_shard_path(const std::filesystem::path& folder, std::string_view set_key);
/// Where a shard is while it is being written.
std::filesystem::path temporary_path(const std::filesystem::path& shard);
/// FOLDER/.rows-<a new number>.part
std::filesystem::path new_rows_path(const std::filesystem::path& folder);

/// Removes the temporary files beside `own`, which create_locked() made, that nobody has locked:
/// killed programs left them. Does nothing where `own` itself does not appear locked, as the file
/// system then knows no locks.
void remove_left_behind(const std::filesystem::path& own);

/// Creates `path`, and its folder, for writing and holds a lock on it as long as it is open.
/// Throws Error when that cannot be.
Descriptor create_locked(const std::filesystem::path& path);
/// False when the file is still there, with the reason in errno.
bool remove_file(const std::filesystem::path& path);
/// Removes `path` unless a process has it open by create_locked(); as remove_file().
bool remove_unless_locked(const std::filesystem::path& path);

/// Reads all of `bytes` at `offset`; false when the file ends before or cannot be read.
bool read_at(const Descriptor& file, std::span<std::byte> bytes, uint64_t offset);

enum class ShardState {
  good,
  foreign,  ///< of another version: not to be read, but no damage
  damaged,
  gone,
};

/// Opens a shard and checks header and size, which makes the counts in `header` fit the file.
ShardState open_shard(const std::filesystem::path& path, Descriptor& file, ShardHeader& header);
/// The index of such a shard; nothing when it is damaged.
std::optional<std::vector<ShardEntry>> read_index(const Descriptor& file,
                                                  const ShardHeader& header);

}  // namespace thaw
