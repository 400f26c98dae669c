// Files that are not as a writer left them.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <fstream>

#include "features/feature_cache.h"
#include "support/error_of.h"
#include "thaw/core/files.h"
#include "thaw/features/disk/mapped_rows.h"
#include "thaw/features/disk/shard.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::FeatureCacheTest;

constexpr size_t floats = 16;  // rows of 64 bytes, so that no byte of a shard is padding
constexpr int samples = 3;

class DamagedFeatureCache : public FeatureCacheTest {
 protected:
  void SetUp() override {
    write(set, 0, samples, floats);
    path_ = only_file();
    sound_ = read_file(path_);
  }
  void put(const std::string& content) const {
    std::ofstream(path_, std::ios::binary)
        << content;  // not write_file(), which waits for the disk
  }
  /// Puts `header`, made to fit itself, before what follows the sound one.
  void put_header(ShardHeader header, const std::vector<ShardEntry>& index = {}) const {
    const ShardHeader fitting = make_header(header.set, header.row_floats, index);
    header.index_checksum = fitting.index_checksum;
    header.header_checksum = checksum(std::as_bytes(std::span(&header, 1)).first(56));
    put(std::string(reinterpret_cast<const char*>(&header), sizeof(header)) +
        sound_.substr(sizeof(header)));
  }
  ShardHeader header() const {
    ShardHeader result;
    std::memcpy(&result, sound_.data(), sizeof(result));
    return result;
  }
  bool is_there() const { return std::filesystem::exists(std::filesystem::symlink_status(path_)); }

  std::filesystem::path path_;
  std::string sound_;
};

TEST_F(DamagedFeatureCache, a_flipped_bit_anywhere_is_noticed) {
  ASSERT_EQ(sound_.size(), shard_bytes(samples, floats));
  const size_t version_begin = offsetof(ShardHeader, version);
  const size_t rows_begin = sizeof(ShardHeader);
  const size_t index_begin = index_offset(samples, floats);
  for (size_t i = 0; i < sound_.size(); ++i) {
    std::string content = sound_;
    content[i] = static_cast<char>(content[i] ^ (1 << i % 8));
    put(content);
    const bool in_row = i >= rows_begin && i < index_begin;
    const FeatureSet features = folder().open(set, floats);
    EXPECT_EQ(features.rows(), in_row ? samples : 0) << "byte " << i;
    // Of the rows, those before the damaged one are good, and the shard is dropped with that one.
    const size_t good = in_row ? (i - rows_begin) / 64 : 0;
    EXPECT_EQ(readable(features, 0, samples, floats), good) << "byte " << i;
    EXPECT_EQ(features.contains(key_of(0)), false) << "byte " << i;
    const bool other_version = i >= version_begin && i < version_begin + 4;
    EXPECT_EQ(is_there(), other_version) << "byte " << i;
  }
}

TEST_F(DamagedFeatureCache, a_file_of_another_length_is_dropped) {
  for (size_t size = 0; size < sound_.size(); ++size) {
    put(sound_.substr(0, size));
    EXPECT_EQ(readable(set, 0, samples, floats), 0) << size;
    EXPECT_FALSE(is_there()) << size;
  }
  put(sound_ + "x");
  EXPECT_EQ(readable(set, 0, samples, floats), 0);
  EXPECT_FALSE(is_there());
}

TEST_F(DamagedFeatureCache, a_file_that_is_cut_while_it_is_open_is_dropped) {
  const FeatureSet features = folder().open(set, floats);
  std::filesystem::resize_file(path_, 64 + 64 + 10);
  EXPECT_EQ(readable(features, 0, 1, floats), 1);
  EXPECT_EQ(readable(features, 1, 2, floats), 0);
  EXPECT_EQ(readable(features, 0, samples, floats), 0);
  EXPECT_FALSE(is_there());
}

TEST_F(DamagedFeatureCache, counts_that_lie_are_not_believed) {
  for (const uint64_t rows : {uint64_t{0}, uint64_t{2}, uint64_t{4}, shard_row_limit,
                              uint64_t{1} << 40, uint64_t{1} << 58, ~uint64_t{0}}) {
    ShardHeader lie = header();
    lie.rows = rows;
    put_header(lie);
    EXPECT_EQ(folder().open(set, floats).rows(), 0) << rows;
    EXPECT_FALSE(is_there()) << rows;
  }
  for (const uint64_t row : {uint64_t{0}, uint64_t{1} << 60, ~uint64_t{0}}) {
    ShardHeader lie = header();
    lie.row_floats = row;
    put_header(lie);
    EXPECT_EQ(folder().open(set, floats).rows(), 0) << row;
    EXPECT_FALSE(is_there()) << row;
  }
}

TEST_F(DamagedFeatureCache, a_huge_file_of_nothing_takes_bounded_memory) {
  ShardHeader lie = header();
  lie.rows = shard_row_limit;
  put_header(lie);
  std::filesystem::resize_file(path_, shard_bytes(shard_row_limit, floats));
  EXPECT_EQ(folder().open(set, floats).rows(), 0);  // an index of 100 MB, which does not fit
  EXPECT_FALSE(is_there());
}

TEST_F(DamagedFeatureCache, other_versions_and_other_rows_are_left_alone) {
  ShardHeader later = header();
  later.version = 2;
  put_header(later);
  EXPECT_EQ(folder().open(set, floats).rows(), 0);
  EXPECT_EQ(folder().sets().at(0).rows, 0);
  EXPECT_TRUE(is_there());
  put(sound_);
  EXPECT_EQ(readable(set, 0, samples, floats - 1), 0);
  EXPECT_EQ(readable(set, 0, samples, floats), samples);
}

TEST_F(DamagedFeatureCache, a_shard_under_another_sets_name_is_dropped) {
  std::string name = path_.filename().string();
  name.replace(0, 32, other_set);
  std::filesystem::rename(path_, where() / name);
  EXPECT_EQ(readable(other_set, 0, samples, floats), 0);
  EXPECT_TRUE(files().empty());
}

TEST_F(DamagedFeatureCache, what_is_no_file_is_no_shard) {
  const auto elsewhere = where().parent_path() / "elsewhere";
  std::filesystem::rename(path_, elsewhere);
  std::filesystem::create_symlink(elsewhere, path_);
  ASSERT_EQ(::mkfifo(new_shard_path(where(), set).c_str(), 0600), 0);
  std::filesystem::create_directory(new_shard_path(where(), set));
  EXPECT_EQ(readable(set, 0, samples, floats), 0);
  EXPECT_TRUE(folder().sets().empty());
  EXPECT_EQ(folder().clear(), 0);
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(DamagedFeatureCache, a_removed_shard_stays_readable_where_it_is_open) {
  const FeatureSet features = folder().open(set, floats);
  folder().clear();
  EXPECT_EQ(readable(features, 0, samples, floats), samples);
  EXPECT_EQ(readable(set, 0, samples, floats), 0);
}

TEST_F(DamagedFeatureCache, a_temporary_that_was_left_goes_when_it_is_old_and_free) {
  const auto left = temporary_path(new_shard_path(where(), set));
  write_file(left, "the beginning of");
  const auto set_age = [](const std::filesystem::path& file, std::chrono::hours age) {
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
  };
  folder().evict();
  EXPECT_TRUE(std::filesystem::exists(left)) << "it is young";
  set_age(left, std::chrono::hours(2));
  FeatureWriter writer(folder(), other_set, floats);
  EXPECT_FALSE(std::filesystem::exists(left));
  writer.add(key_of(0), row_of(0, floats));
  for (const std::string& name : files())
    if (name.ends_with(".part")) set_age(where() / name, std::chrono::hours(2));
  folder().evict();  // the writer is slow, but alive
  writer.commit();
  EXPECT_EQ(readable(other_set, 0, 1, floats), 1);
}

/// Lets files of this process grow to `bytes` only: the way to a full disk that every machine has.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(DamagedFeatureCache, a_full_disk_is_an_error_that_leaves_nothing) {
  std::string row_error;
  std::string index_error;
  std::string mapped_error;
  {
    const FileSizeLimit limit(64 * 1024 + 30);
    row_error = error_of([&] { write(set, 10, 5000, floats); });
    index_error = error_of([&] { write(set, 10, 1010, floats); });  // 64,064 bytes + the index
    mapped_error = error_of([&] { MappedRows(where(), 2000, floats); });
  }
  EXPECT_TRUE(contains(row_error, "features cannot be kept: File too large")) << row_error;
  EXPECT_TRUE(contains(index_error, "features cannot be kept: File too large")) << index_error;
  EXPECT_TRUE(contains(mapped_error, "no room for 128000 bytes")) << mapped_error;
  EXPECT_EQ(only_file(), path_);
  EXPECT_EQ(readable(set, 0, samples, floats), samples);
}

TEST_F(DamagedFeatureCache, a_folder_that_is_a_file_is_an_error_for_writers_only) {
  write_file(where().parent_path() / "file", "");
  const FeatureFolder wrong(
      {.folder = where().parent_path() / "file" / "features", .limit_bytes = roomy});
  EXPECT_EQ(wrong.open(set, floats).rows(), 0);
  EXPECT_EQ(wrong.bytes(), 0);
  for (const std::string& error :
       {error_of([&] { FeatureWriter(wrong, set, floats); }),
        error_of([&] { MappedRows(wrong.options().folder, 2, floats); })}) {
    EXPECT_TRUE(contains(error, "Not a directory")) << error;
    EXPECT_TRUE(contains(error, "choose a folder")) << error;
  }
}

}  // namespace
}  // namespace thaw
