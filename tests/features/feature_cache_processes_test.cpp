// Several processes at one cache, some of which die.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "features/feature_cache.h"
#include "support/error_of.h"
#include "thaw/core/random.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::FeatureCacheTest;

constexpr size_t floats = 1000;
constexpr int samples = 40;

class SharedFeatureCache : public FeatureCacheTest {
 protected:
  /// Runs `body` in a process of its own, which ends with what it returns; 99 after an exception.
  static pid_t start(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    int result = 99;
    try {
      result = body();
    } catch (const std::exception& error) {
      ::write(STDERR_FILENO, error.what(), std::string_view(error.what()).size());
    }
    ::_exit(result);
  }
  static int result_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  /// As a fit does: reads what is there, writes the rest. Bit by bit the right rows, or 1.
  int use(int first, int last, int64_t limit_bytes) const {
    const FeatureFolder cache = folder(limit_bytes);
    const FeatureSet features = cache.open(set, floats);
    FeatureWriter writer(cache, set, floats);
    std::vector<float> row(floats);
    for (int sample = first; sample < last; ++sample) {
      if (!features.read(key_of(sample), row)) {
        row = row_of(sample, floats);
        writer.add(key_of(sample), row);
      } else if (row != row_of(sample, floats)) {
        return 1;
      }
    }
    writer.commit();
    return 0;
  }
};

TEST_F(SharedFeatureCache, readers_writers_and_evictors_do_not_disturb_each_other) {
  constexpr int64_t limit = 120 * (4032 + 24);  // 120 rows, where the processes use 200
  std::vector<pid_t> children;
  for (int process = 0; process < 6; ++process) {
    children.push_back(start([&, process] {
      Random random(1, static_cast<uint64_t>(process));
      for (int round = 0; round < 60; ++round) {
        const int first = static_cast<int>(random.below(160));
        if (const int result = use(first, first + samples, limit)) return result;
        if (process == 5 && round % 20 == 10) folder().clear();
      }
      return 0;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(result_of(child), 0);
  folder(limit).evict();
  EXPECT_LE(folder().bytes(), limit);
  EXPECT_GT(folder().bytes(), limit / 10);
  for (const std::string& name : files()) EXPECT_FALSE(name.ends_with(".part")) << name;
}

TEST_F(SharedFeatureCache, clearing_takes_no_file_from_a_writer) {
  const pid_t child = start([&] {
    for (;;) folder().clear();
    return 0;
  });
  int lost = 0;
  for (int round = 0; round < 3000; ++round) {
    const FeatureWriter writer(folder(), set, floats);
    lost += files().empty() ? 1 : 0;
  }
  EXPECT_EQ(lost, 0);
  ::kill(child, SIGKILL);
  EXPECT_EQ(result_of(child), 128 + SIGKILL);
}

TEST_F(SharedFeatureCache, a_writer_that_is_killed_harms_nobody) {
  write(set, 0, 10, floats);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = start([&] {
      for (int first = 10;; first = 10 + (first + samples) % 400)
        use(first, first + samples, roomy);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + 2 * round));
    ::kill(child, SIGKILL);
    EXPECT_EQ(result_of(child), 128 + SIGKILL);
    EXPECT_EQ(readable(set, 0, 10, floats), 10);
    const FeatureSet features = folder().open(set, floats);
    EXPECT_EQ(readable(features, 0, 500, floats), features.rows());
  }
}

TEST_F(SharedFeatureCache, what_a_killed_writer_leaves_goes_with_the_next_writer) {
  const pid_t child = start([&] {
    FeatureWriter writer(folder(), set, floats);
    for (int sample = 0; sample < samples; ++sample)
      writer.add(key_of(sample), row_of(sample, floats));
    return ::raise(SIGKILL);
  });
  EXPECT_EQ(result_of(child), 128 + SIGKILL);
  const auto left = only_file();
  EXPECT_TRUE(left.string().ends_with(".part")) << left;
  EXPECT_GE(std::filesystem::file_size(left), samples * floats * sizeof(float));
  EXPECT_EQ(readable(set, 0, samples, floats), 0);
  write(set, 0, 1, floats);
  EXPECT_FALSE(std::filesystem::exists(left)) << "nobody has it locked any more";
  write(set, 1, 2, floats);
  EXPECT_EQ(readable(set, 0, samples, floats), 2);
}

TEST_F(SharedFeatureCache, a_folder_that_may_only_be_read_is_read) {
  using std::filesystem::perms;
  write(set, 0, 10, floats);
  const auto others_read =
      perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec;
  std::filesystem::permissions(where().parent_path(), others_read | perms::owner_write);
  std::filesystem::permissions(where(), others_read);
  const pid_t child = start([&] {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && (::setegid(nobody) != 0 || ::seteuid(nobody) != 0)) return 77;
    if (::eaccess(only_file().c_str(), R_OK) != 0) return 77;
    if (readable(set, 0, 10, floats) != 10) return 1;
    if (!contains(error_of([&] { write(set, 10, 11, floats); }), "Permission denied")) return 2;
    if (!contains(error_of([&] { folder().clear(); }), "cannot be removed")) return 3;
    return 0;
  });
  const int result = result_of(child);
  std::filesystem::permissions(where(), perms::owner_all);
  if (result == 77) GTEST_SKIP() << "no user at hand who may read but not write";
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace thaw
