#include "thaw/features/disk/feature_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>

#include "thaw/core/error.h"
#include "thaw/features/disk/shard.h"

namespace thaw {
namespace {

using Clock = std::chrono::system_clock;

/// How far clocks of machines that share a folder may be apart, and how old a temporary file has
/// to be before it can count as left behind.
constexpr auto patience = std::chrono::hours(1);

bool is_old(const FeatureFile& file) {
  const auto age = Clock::now() - file.last_used;
  return age > patience || age < -patience;
}

void add_shard(FeatureFolder::SetInfo& set, const FeatureFile& file) {
  set.set_key = file.set_key;
  set.shards += 1;
  set.bytes += file.bytes;
  set.last_used = std::max(set.last_used, file.last_used);
  Descriptor shard;
  ShardHeader header;
  if (open_shard(file.path, shard, header) != ShardState::good) return;
  set.rows += static_cast<int64_t>(header.rows);
  set.row_bytes = static_cast<int64_t>(header.row_floats * sizeof(float));
}

}  // namespace

std::filesystem::path default_feature_folder() {
  const auto folder = cache_folder();
  return folder.empty() ? folder : folder / "features";
}

int64_t default_feature_limit_bytes() {
  constexpr int64_t unless_set = 10'000'000'000;
  const std::string text = environment("THAW_CACHE_BYTES");
  if (text.empty()) return unless_set;
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc{} && end == text.data() + text.size() && value >= 0) return value;
  throw UsageError(fmt::format(
      "THAW_CACHE_BYTES: expected a whole number of bytes, at least 0, received \"{}\"", text));
}

std::vector<FeatureFolder::SetInfo> FeatureFolder::sets() const {
  std::map<std::string, SetInfo> by_key;
  for (const FeatureFile& file : feature_files(options_.folder))
    if (!file.is_temporary) add_shard(by_key[file.set_key], file);
  std::vector<SetInfo> result;
  result.reserve(by_key.size());
  for (auto& [key, set] : by_key) result.push_back(std::move(set));
  std::ranges::stable_sort(result, std::ranges::greater{}, &SetInfo::last_used);
  return result;
}

int64_t FeatureFolder::bytes() const {
  int64_t total = 0;
  for (const FeatureFile& file : feature_files(options_.folder)) total += file.bytes;
  return total;
}

int64_t FeatureFolder::clear() const {
  int64_t removed = 0;
  for (const FeatureFile& file : feature_files(options_.folder)) {
    if (file.is_temporary ? remove_unless_locked(file.path) : remove_file(file.path)) {
      removed += file.bytes;
    } else if (errno != EWOULDBLOCK) {
      throw Error(
          fmt::format("{}: cannot be removed: {}", file.path.string(), std::strerror(errno)));
    }
  }
  return removed;
}

void FeatureFolder::evict(const std::filesystem::path& keep) const {
  int64_t total = 0;
  std::vector<FeatureFile> shards;
  for (FeatureFile& file : feature_files(options_.folder)) {
    if (file.is_temporary && is_old(file) && remove_unless_locked(file.path)) continue;
    total += file.bytes;
    if (!file.is_temporary && file.path != keep) shards.push_back(std::move(file));
  }
  // A time that is yet to come says nothing about the last use: such a shard goes first, as it
  // would stay for good otherwise.
  const auto latest = Clock::now() + patience;
  std::ranges::sort(shards, {}, [&](const FeatureFile& file) {
    return file.last_used > latest ? Clock::time_point::min() : file.last_used;
  });
  for (const FeatureFile& shard : shards) {
    if (total <= options_.limit_bytes) return;
    if (remove_file(shard.path)) total -= shard.bytes;
  }
}

}  // namespace thaw
