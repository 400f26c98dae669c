#include "features/feature_cache.h"

#include <chrono>
#include <cstring>
#include <thread>

#include "support/error_of.h"
#include "thaw/core/files.h"
#include "thaw/features/disk/mapped_rows.h"

namespace thaw {
namespace {

using std::chrono::hours;
using testing::contains;
using testing::Environment;
using testing::error_of;
using testing::FeatureCacheTest;
using testing::TemporaryFolder;

class FeatureCache : public FeatureCacheTest {
 protected:
  static void set_age(const std::filesystem::path& file, hours age) {
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
  }
  static hours age_of(const std::filesystem::path& file) {
    return std::chrono::duration_cast<hours>(std::filesystem::file_time_type::clock::now() -
                                             std::filesystem::last_write_time(file));
  }
};

TEST_F(FeatureCache, gives_back_what_was_written) {
  for (const size_t floats : {1, 15, 16, 17, 1280}) {
    folder().clear();
    write(set, 0, 20, floats);
    const FeatureSet features = folder().open(set, static_cast<int64_t>(floats));
    EXPECT_EQ(features.rows(), 20);
    EXPECT_EQ(readable(features, 0, 20, floats), 20) << floats;
    EXPECT_TRUE(features.contains(key_of(19)));
    EXPECT_FALSE(features.contains(key_of(20)));
    EXPECT_EQ(readable(features, 20, 25, floats), 0);
  }
}

TEST_F(FeatureCache, keeps_every_bit_of_a_float) {
  std::vector<float> row(4);
  const uint32_t bits[] = {0x80000000, 0x7fc12345, 0xff800000, 0x00000001};  // -0, NaN, -inf, tiny
  std::memcpy(row.data(), bits, sizeof(bits));
  FeatureWriter writer(folder(), set, 4);
  writer.add("", row);
  writer.commit();
  std::vector<float> back(4);
  ASSERT_TRUE(folder().open(set, 4).read("", back));
  EXPECT_EQ(std::memcmp(back.data(), bits, sizeof(bits)), 0);
}

TEST_F(FeatureCache, an_empty_or_absent_folder_holds_nothing) {
  EXPECT_EQ(folder().open(set, 8).rows(), 0);
  EXPECT_EQ(folder().bytes(), 0);
  EXPECT_TRUE(folder().sets().empty());
  EXPECT_EQ(folder().clear(), 0);
  EXPECT_FALSE(std::filesystem::exists(where()));
  std::filesystem::create_directories(where());
  EXPECT_EQ(folder().open(set, 8).rows(), 0);
}

TEST_F(FeatureCache, a_set_is_the_union_of_its_shards_and_no_other_set) {
  write(set, 0, 10, 8);
  write(set, 10, 15, 8);
  write(other_set, 15, 20, 8);
  EXPECT_EQ(folder().open(set, 8).rows(), 15);
  EXPECT_EQ(readable(set, 0, 20, 8), 15);
  EXPECT_EQ(readable(other_set, 0, 20, 8), 5);
}

TEST_F(FeatureCache, a_sample_that_is_added_twice_is_kept_once) {
  FeatureWriter writer(folder(), set, 8);
  for (const int sample : {1, 2, 1}) writer.add(key_of(sample), row_of(sample, 8));
  writer.commit();
  write(set, 2, 4, 8);
  EXPECT_EQ(folder().open(set, 8).rows(), 3);
  EXPECT_EQ(readable(set, 0, 5, 8), 3);
}

TEST_F(FeatureCache, without_commit_nothing_stays_behind) {
  {
    FeatureWriter writer(folder(), set, 8);
    writer.add(key_of(0), row_of(0, 8));
    EXPECT_EQ(files().size(), 1U);
    EXPECT_EQ(readable(set, 0, 1, 8), 0);
  }
  EXPECT_TRUE(files().empty());
  FeatureWriter without_rows(folder(), set, 8);
  without_rows.commit();
  EXPECT_TRUE(files().empty());
}

TEST_F(FeatureCache, may_be_read_by_several_threads) {
  constexpr int samples = 200;
  write(set, 0, samples, 500);
  const FeatureSet features = folder().open(set, 500);
  std::vector<std::thread> threads;
  std::vector<int> counts(4);
  for (int& count : counts)
    threads.emplace_back([&] { count = readable(features, 0, samples, 500); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts, std::vector<int>(4, samples));
}

TEST_F(FeatureCache, refuses_keys_and_rows_that_are_none) {
  EXPECT_TRUE(contains(error_of([&] { folder().open("../../etc/passwd", 8); }),
                       "expected 32 hexadecimal digits, received \"../../etc/passwd\""));
  EXPECT_TRUE(contains(error_of([&] { folder().open(set, 0); }), "received 0"));
  EXPECT_TRUE(contains(error_of([&] { FeatureWriter(folder(), set, -1); }), "received -1"));
  write(set, 0, 1, 8);
  std::vector<float> row(9);
  EXPECT_TRUE(contains(error_of([&] { folder().open(set, 8).read(key_of(0), row); }),
                       "expected 8 floats, received 9"));
  FeatureWriter writer(folder(), set, 8);
  EXPECT_TRUE(contains(error_of([&] { writer.add(key_of(0), row); }), "received 9"));
  EXPECT_TRUE(contains(error_of([&] { writer.commit(); }), "given up"));
}

TEST_F(FeatureCache, evicts_what_was_used_least_recently) {
  const char* const sets[] = {set, other_set, "00000000000000000000000000000001"};
  std::vector<std::filesystem::path> paths;
  for (const char* key : sets) {
    write(key, 0, 10, 16);
    for (const auto& name : files())
      if (name.starts_with(key)) paths.push_back(where() / name);
  }
  for (int i = 0; i < 3; ++i) set_age(paths[static_cast<size_t>(i)], hours(30 - 10 * i));
  const int64_t one = folder().bytes() / 3;
  EXPECT_EQ(readable(set, 0, 10, 16), 10);  // the oldest, but now the last one used
  EXPECT_EQ(age_of(paths[0]), hours(0));
  write("00000000000000000000000000000002", 0, 10, 16, 3 * one);
  EXPECT_EQ(files().size(), 3U);
  EXPECT_EQ(folder().bytes(), 3 * one);
  EXPECT_FALSE(std::filesystem::exists(paths[1]));
  EXPECT_EQ(readable(set, 0, 10, 16), 10);
}

TEST_F(FeatureCache, a_clock_that_went_wrong_keeps_no_shard_for_good) {
  write(set, 0, 10, 16);
  const auto from_the_future = only_file();
  set_age(from_the_future, hours(-24 * 365));
  write(other_set, 0, 10, 16);
  const int64_t two_shards = folder().bytes();
  write(other_set, 10, 20, 16, two_shards);
  EXPECT_FALSE(std::filesystem::exists(from_the_future));
  EXPECT_EQ(readable(other_set, 0, 20, 16), 20);
}

TEST_F(FeatureCache, a_shard_past_the_limit_is_given_up_at_once) {
  write(set, 0, 3, 16);
  const int64_t limit = folder().bytes();  // of 3 rows, so a fourth is too many
  FeatureWriter writer(folder(limit), other_set, 16);
  for (int i = 0; i < 3; ++i) writer.add(key_of(i), row_of(i, 16));
  const std::string error = error_of([&] { writer.add(key_of(3), row_of(3, 16)); });
  EXPECT_TRUE(contains(error, "limit of " + std::to_string(limit))) << error;
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(readable(set, 0, 3, 16), 3);
  write(other_set, 0, 3, 16, limit);  // exactly the limit: the other one goes
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(readable(other_set, 0, 3, 16), 3);
}

TEST_F(FeatureCache, the_smallest_of_very_many_shards_are_left_out) {
  write(set, 0, 100, 4);
  for (int i = 100; i < 300; ++i) write(set, i, i + 1, 4);
  const FeatureSet features = folder().open(set, 4);
  EXPECT_EQ(features.rows(), 100 + 127);
  EXPECT_EQ(readable(features, 0, 100, 4), 100);
}

TEST_F(FeatureCache, tells_its_sets) {
  write(set, 0, 10, 16);
  set_age(only_file(), hours(5));
  write(other_set, 0, 4, 300);
  write(other_set, 4, 6, 300);
  const auto sets = folder().sets();
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0].set_key, other_set);
  EXPECT_EQ(sets[0].rows, 6);
  EXPECT_EQ(sets[0].shards, 2);
  EXPECT_EQ(sets[0].row_bytes, 1200);
  EXPECT_EQ(sets[1].set_key, set);
  EXPECT_EQ(sets[1].rows, 10);
  EXPECT_EQ(sets[0].bytes + sets[1].bytes, folder().bytes());
  EXPECT_EQ(age_of(where() / files().front()), hours(5)) << "looking is no use";
}

TEST_F(FeatureCache, clears_only_its_own_files) {
  write(set, 0, 10, 16);
  write_file(where() / "photo.jpg", "mine");
  write_file(where() / (std::string(set) + ".features"), "mine");
  std::filesystem::create_directory(where() / (std::string(set) + "-0123456789abcdef.features"));
  FeatureWriter writer(folder(), set, 16);
  writer.add(key_of(10), row_of(10, 16));
  EXPECT_GT(folder().clear(), 640);
  EXPECT_EQ(files().size(), 4U) << "what is ours, and was not in use, is gone";
  writer.commit();
  EXPECT_EQ(readable(set, 0, 11, 16), 1);
}

TEST_F(FeatureCache, takes_its_limit_from_the_environment) {
  {
    const Environment limit("THAW_CACHE_BYTES", "12345");
    EXPECT_EQ(FeatureFolderOptions{}.limit_bytes, 12345);
  }
  for (const char* wrong : {"10 GB", "-1", "1e9", "99999999999999999999"}) {
    const Environment limit("THAW_CACHE_BYTES", wrong);
    const std::string error = error_of<UsageError>([] { default_feature_limit_bytes(); });
    EXPECT_TRUE(contains(error, wrong)) << error;
  }
  const TemporaryFolder home;
  const Environment variable("THAW_HOME", home.path().string());
  EXPECT_EQ(FeatureFolderOptions{}.folder, home / "features");
}

TEST_F(FeatureCache, mapped_rows_hold_what_is_put_in) {
  MappedRows rows(where(), 50, 17);
  EXPECT_TRUE(files().empty()) << "its file has no name";
  const auto value = [](int64_t row, size_t i) { return static_cast<float>(row * 100) + i; };
  for (int64_t i = 49; i >= 0; --i) {
    ASSERT_EQ(rows.row(i).size(), 17U);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(rows.row(i).data()) % 64, 0U);
    EXPECT_EQ(rows.row(i)[16], 0.0F);
    for (size_t k = 0; k < 17; ++k) rows.row(i)[k] = value(i, k);
  }
  MappedRows moved = std::move(rows);
  for (int64_t i = 0; i < 50; ++i)
    for (size_t k = 0; k < 17; ++k) ASSERT_EQ(moved.row(i)[k], value(i, k)) << i << ", " << k;
  EXPECT_TRUE(contains(error_of([&] { MappedRows(where(), 0, 17); }), "received 0"));
  EXPECT_TRUE(contains(error_of([&] { MappedRows(where(), int64_t{1} << 60, 17); }), "received 1"));
}

}  // namespace
}  // namespace thaw
