#include "thaw/features/disk/feature_set.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/features/disk/shard.h"

namespace thaw {
namespace {

/// Each takes a descriptor. When a set has more, its smallest are left out: computing their rows
/// again costs least, and puts them into one new shard.
constexpr size_t shard_limit = 128;

struct Shard {
  std::filesystem::path path;
  Descriptor file;
  std::atomic<bool> is_damaged = false;

  void drop() {
    is_damaged = true;
    remove_file(path);
  }
};

struct Place {
  ContentHash sample;
  uint64_t checksum = 0;
  uint32_t shard = 0;
  uint32_t row = 0;
};

void mark_as_used(const Descriptor& file) {
  const timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
  ::futimens(file.get(), times);  // not ours to touch: then its owner's use decides
}

}  // namespace

struct FeatureSet::State {
  uint64_t row_floats = 0;
  std::deque<Shard> shards;
  std::vector<Place> places;  ///< ordered by sample

  void open(const std::filesystem::path& path, ContentHash set);
  const Place* find(std::string_view sample_key) const;
  void put_in_order();
};

void FeatureSet::State::open(const std::filesystem::path& path, ContentHash set) {
  Shard& shard = shards.emplace_back();
  shard.path = path;
  ShardHeader header;
  std::optional<std::vector<ShardEntry>> index;
  const ShardState state = open_shard(path, shard.file, header);
  if (state == ShardState::good && header.set == set && header.row_floats == row_floats)
    index = read_index(shard.file, header);
  if (index) {
    mark_as_used(shard.file);
    for (uint32_t row = 0; row < index->size(); ++row) {
      places.push_back({(*index)[row].sample, (*index)[row].checksum,
                        static_cast<uint32_t>(shards.size() - 1), row});
    }
    return;
  }
  // Good, but of rows of another length: whoever asks for those may still use it.
  const bool is_of_another =
      state == ShardState::good && header.set == set && header.row_floats != row_floats;
  if (state != ShardState::gone && state != ShardState::foreign && !is_of_another) shard.drop();
  shards.pop_back();
}

void FeatureSet::State::put_in_order() {
  std::ranges::stable_sort(places, {}, &Place::sample);
  const auto same = [](const Place& a, const Place& b) { return a.sample == b.sample; };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
}

const Place* FeatureSet::State::find(std::string_view sample_key) const {
  const ContentHash sample = sample_hash(sample_key);
  const auto place = std::ranges::lower_bound(places, sample, {}, &Place::sample);
  return place != places.end() && place->sample == sample ? &*place : nullptr;
}

FeatureSet::FeatureSet(const std::filesystem::path& folder, std::string_view set_key,
                       int64_t row_floats)
    : state_(std::make_unique<State>()) {
  check_row_floats(row_floats);
  const ContentHash set = parse_set_key(set_key);
  state_->row_floats = static_cast<uint64_t>(row_floats);
  std::vector<FeatureFile> files = feature_files(folder);
  std::erase_if(
      files, [&](const FeatureFile& file) { return file.is_temporary || file.set_key != set_key; });
  std::ranges::sort(files, std::ranges::greater{}, &FeatureFile::bytes);
  if (files.size() > shard_limit) files.resize(shard_limit);
  for (const FeatureFile& file : files) state_->open(file.path, set);
  state_->put_in_order();
}

FeatureSet::~FeatureSet() = default;
FeatureSet::FeatureSet(FeatureSet&&) noexcept = default;
FeatureSet& FeatureSet::operator=(FeatureSet&&) noexcept = default;

int64_t FeatureSet::rows() const { return static_cast<int64_t>(state_->places.size()); }

bool FeatureSet::contains(std::string_view sample_key) const {
  const Place* place = state_->find(sample_key);
  return place != nullptr && !state_->shards[place->shard].is_damaged;
}

bool FeatureSet::read(std::string_view sample_key, std::span<float> row) const {
  if (row.size() != state_->row_floats) {
    throw Error(fmt::format("row of features: expected {} floats, received {}", state_->row_floats,
                            row.size()));
  }
  const Place* place = state_->find(sample_key);
  if (place == nullptr) return false;
  Shard& shard = state_->shards[place->shard];
  if (shard.is_damaged) return false;
  if (read_at(shard.file, std::as_writable_bytes(row), index_offset(place->row, row.size())) &&
      checksum(std::as_bytes(row)) == place->checksum)
    return true;
  shard.drop();
  return false;
}

}  // namespace thaw
