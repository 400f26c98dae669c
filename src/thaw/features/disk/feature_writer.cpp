#include "thaw/features/disk/feature_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/features/disk/shard.h"

namespace thaw {

struct FeatureWriter::State {
  FeatureFolder folder;
  ContentHash set;
  uint64_t row_floats;
  std::filesystem::path path;
  std::filesystem::path temporary;
  Descriptor file;
  std::vector<ShardEntry> index;
  std::set<ContentHash> samples;
  uint64_t on_its_way = 0;  ///< the disk has been told to write the file up to here

  State(FeatureFolder where, std::string_view set_key, int64_t floats);
  ~State() { give_up(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void give_up();
  [[noreturn]] void fail(std::string_view reason);
  void write(std::span<const std::byte> bytes, uint64_t offset);
  void start_writeback(uint64_t end);
  void require_open() const;
};

FeatureWriter::State::State(FeatureFolder where, std::string_view set_key, int64_t floats)
    : folder(std::move(where)),
      set(parse_set_key(set_key)),
      row_floats(static_cast<uint64_t>(floats)),
      path(new_shard_path(folder.options().folder, set_key)),
      temporary(temporary_path(path)) {
  check_row_floats(floats);
  folder.evict();
  file = create_locked(temporary);
  remove_left_behind(temporary);
}

void FeatureWriter::State::give_up() {
  if (!file) return;
  remove_file(temporary);
  file.close();
}

void FeatureWriter::State::fail(std::string_view reason) {
  give_up();
  throw Error(
      fmt::format("{}: features cannot be kept: {}", folder.options().folder.string(), reason));
}

void FeatureWriter::State::write(std::span<const std::byte> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(std::strerror(errno));
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
}

/// So that the disk works while the next rows are computed, and commit() has little to wait for.
void FeatureWriter::State::start_writeback(uint64_t end) {
  constexpr uint64_t portion = 8 << 20;
  if (end - on_its_way < portion) return;
  ::sync_file_range(file.get(), static_cast<off_t>(on_its_way),
                    static_cast<off_t>(end - on_its_way), SYNC_FILE_RANGE_WRITE);
  on_its_way = end;
}

void FeatureWriter::State::require_open() const {
  if (!file) {
    throw Error(fmt::format("{}: these features were given up, or committed already",
                            folder.options().folder.string()));
  }
}

FeatureWriter::FeatureWriter(FeatureFolder folder, std::string_view set_key, int64_t row_floats)
    : state_(std::make_unique<State>(std::move(folder), set_key, row_floats)) {}
FeatureWriter::~FeatureWriter() = default;
FeatureWriter::FeatureWriter(FeatureWriter&&) noexcept = default;
FeatureWriter& FeatureWriter::operator=(FeatureWriter&&) noexcept = default;

void FeatureWriter::add(std::string_view sample_key, std::span<const float> row) {
  State& state = *state_;
  state.require_open();
  if (row.size() != state.row_floats) {
    state.fail(
        fmt::format("expected a row of {} floats, received {}", state.row_floats, row.size()));
  }
  const ContentHash sample = sample_hash(sample_key);
  if (!state.samples.insert(sample).second) return;
  const uint64_t rows = state.index.size();
  const int64_t limit = state.folder.options().limit_bytes;
  if (static_cast<int64_t>(shard_bytes(rows + 1, row.size())) > limit) {
    state.fail(
        fmt::format("they take more than the limit of {} bytes: raise THAW_CACHE_BYTES", limit));
  }
  if (rows == shard_row_limit)
    state.fail(fmt::format("expected at most {} rows at once, received more", shard_row_limit));
  const uint64_t offset = index_offset(rows, row.size());
  state.write(std::as_bytes(row), offset);
  state.index.push_back({sample, checksum(std::as_bytes(row))});
  state.start_writeback(offset + row.size_bytes());
}

void FeatureWriter::commit() {
  State& state = *state_;
  state.require_open();
  if (state.index.empty()) return state.give_up();
  const std::span<const ShardEntry> index = state.index;
  const ShardHeader header = make_header(state.set, state.row_floats, index);
  state.write(std::as_bytes(index), index_offset(index.size(), state.row_floats));
  state.write(std::as_bytes(std::span(&header, 1)), 0);
  if (::fsync(state.file.get()) != 0) state.fail(std::strerror(errno));
  std::error_code failure;
  std::filesystem::rename(state.temporary, state.path, failure);
  if (failure) state.fail(failure.message());
  state.file.close();
  state.folder.evict(state.path);
}

}  // namespace thaw
