// Little memory and little room on a disk. Each is really done: limits of addresses, small disks.

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/small_fit.h"
#include "support/image_files.h"
#include "support/limits.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;
using testing::SmallFit;

/// The program may take so many bytes of addresses.
std::function<void()> memory_limit(rlim_t bytes) {
  return [bytes] {
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_AS, &limit);
  };
}

constexpr rlim_t enough_for_small_images = rlim_t{600} << 20;

TEST(LittleMemory, ends_no_prediction_of_the_other_images) {
  if (!testing::addresses_can_be_limited) GTEST_SKIP() << "a sanitizer is in the way";
  const SmallFit fit;
  ASSERT_EQ(run_thaw(fit.arguments("m.keras")).exit_code, 0);
  // Decoded, its pixels take 588 MB, and as much again on the way.
  write_file(fit.path("images/green/huge.png"), testing::png_of_zeros(14000, 14000));
  const ProgramRun run =
      run_thaw({"predict", fit.path("m.keras"), fit.path("images"), "--json", "--threads", "1"},
               {.in_child = memory_limit(enough_for_small_images)});
  EXPECT_EQ(run.exit_code, 1) << run.errors;
  EXPECT_TRUE(contains(run.output, "out of memory")) << run.output;
  int good = 0;
  std::istringstream lines(run.output);
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    good += row.contains("predictions") ? 1 : 0;
    EXPECT_TRUE(row.contains("predictions") || contains(row["error"], "huge.png")) << line;
  }
  EXPECT_EQ(good, 60) << run.errors;
}

TEST(LittleMemory, of_a_fit_names_the_batch_and_the_size_of_images) {
  if (!testing::addresses_can_be_limited) GTEST_SKIP() << "a sanitizer is in the way";
  const SmallFit fit;
  const std::vector<std::string> call{"fit",          fit.path("images"),
                                      "--out",        fit.path("m.keras"),
                                      "--base",       "mobilenet_v2@alpha=0.35",
                                      "--weights",    "none",
                                      "--unfreeze",   "all",
                                      "--epochs",     "0",
                                      "--cache",      "off",
                                      "--threads",    "1",
                                      "--image-size", "1024",
                                      "--batch-size", "48"};
  const ProgramRun run = run_thaw(call, {.in_child = memory_limit(enough_for_small_images)});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "out of memory")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "with batches of 48 images of 1024×1024")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "--batch-size")) << run.errors;
  EXPECT_FALSE(fs::exists(fit.path("m.keras")));
}

TEST(LittleMemory, of_a_prediction_names_the_size_of_images) {
  if (!testing::addresses_can_be_limited) GTEST_SKIP() << "a sanitizer is in the way";
  const SmallFit fit;
  const std::string model = fit.path("m.keras");
  ASSERT_EQ(run_thaw({"fit", fit.path("images"), "--out", model, "--base",
                      "mobilenet_v2@alpha=0.35", "--weights", "none", "--image-size", "64",
                      "--epochs", "1", "--fine-tune-epochs", "0", "--cache", "off"})
                .exit_code,
            0);
  for (const char* command : {"predict", "evaluate"}) {
    const ProgramRun run =
        run_thaw({command, model, fit.path("images"), "--image-size", "3000", "--threads", "1"},
                 {.in_child = memory_limit(rlim_t{700} << 20)});
    EXPECT_EQ(run.exit_code, 1) << command;
    EXPECT_TRUE(contains(run.errors, "out of memory")) << command << run.errors;
    EXPECT_TRUE(contains(run.errors, "images of 3000×3000")) << command << run.errors;
  }
}

/// A disk of its own with little room, in memory.
class SmallDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(disk());
    const std::string size = "size=" + std::to_string(disk_bytes);
    if (::mount("tmpfs", disk().c_str(), "tmpfs", 0, size.c_str()) != 0)
      GTEST_SKIP() << "a disk cannot be mounted here: " << std::strerror(errno);
    is_mounted_ = true;
  }
  void TearDown() override {
    if (is_mounted_) ::umount2(disk().c_str(), MNT_DETACH);
  }

  std::string disk() const { return fit_.path("disk"); }
  std::string on_disk(const std::string& name) const { return disk() + "/" + name; }
  /// Leaves so many bytes.
  void fill(int64_t left) const {
    const auto free = static_cast<int64_t>(fs::space(disk()).available);
    std::ofstream(on_disk("filler")) << std::string(static_cast<size_t>(free - left), 'x');
  }
  /// Its model takes 1.7 MB; where all is trained 4.9 MB, as does its state.
  std::vector<std::string> fit_there(const std::string& cache,
                                     const std::vector<std::string>& more = {}) const {
    std::vector<std::string> call{"fit",
                                  fit_.path("images"),
                                  "--out",
                                  on_disk("m.keras"),
                                  "--base",
                                  "mobilenet_v2@alpha=0.35",
                                  "--cache",
                                  cache,
                                  "--weights",
                                  "none",
                                  "--epochs",
                                  "2",
                                  "--fine-tune-epochs",
                                  "0",
                                  "--image-size",
                                  "96"};
    call.insert(call.end(), more.begin(), more.end());
    return call;
  }

  static constexpr int64_t disk_bytes = 16 << 20;
  SmallFit fit_;
  bool is_mounted_ = false;
};

TEST_F(SmallDisk, without_room_for_the_model_is_an_error_before_training) {
  fill(1 << 20);
  const ProgramRun run = run_thaw(fit_there("off"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "expected room for")) << run.errors;
  EXPECT_FALSE(contains(run.errors, "epoch 1/")) << run.errors;
}

TEST_F(SmallDisk, without_room_for_a_converted_model_is_an_error_that_leaves_nothing) {
  const ProgramRun fit = run_thaw(fit_there("off"));
  ASSERT_EQ(fit.exit_code, 0) << fit.errors;
  fill(1 << 20);
  const ProgramRun run = run_thaw({"convert", on_disk("m.keras"), on_disk("m.h5")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "expected room for")) << run.errors;
  EXPECT_FALSE(fs::exists(on_disk("m.h5")));
  EXPECT_EQ(std::distance(fs::directory_iterator(disk()), {}), 2);
}

TEST_F(SmallDisk, features_leave_the_room_that_the_model_needs) {
  fill(3'600'000);
  const ProgramRun run = run_thaw(fit_there(on_disk("cache")));
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "the features are not kept for later runs: ")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "expected room for")) << run.errors;
  EXPECT_TRUE(fs::exists(on_disk("m.keras")));
}

TEST_F(SmallDisk, the_state_leaves_the_room_that_the_model_needs_and_the_run_goes_on) {
  fill(6 << 20);
  const testing::Environment every_epoch("THAW_CHECKPOINT_SECONDS", "0");
  const ProgramRun run =
      run_thaw(fit_there("off", {"--fine-tune-epochs", "2", "--epochs", "0", "--unfreeze", "all"}));
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "the state to go on from cannot be kept, the run goes on"))
      << run.errors;
  EXPECT_TRUE(fs::exists(on_disk("m.keras")));
}

TEST_F(SmallDisk, that_fills_up_meanwhile_sends_the_model_to_the_cache_folder) {
  const testing::Environment home("THAW_HOME", fit_.path("home"));
  std::thread filler([&] {
    while (!fs::exists(on_disk(".m.keras.lock")))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    fill(1 << 20);
  });
  const ProgramRun run = run_thaw(fit_there("off", {"--epochs", "40"}));
  filler.join();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "the model is in " + fit_.path("home/models/m.keras")))
      << run.errors;
  EXPECT_EQ(run_thaw({"summary", fit_.path("home/models/m.keras")}).exit_code, 0);
}

/// Ctrl-C while what is frozen runs: what is there is kept, and the next run computes the rest.
TEST(Interrupted, while_features_are_computed_keeps_those_there_are) {
  const SmallFit fit;
  const std::vector<std::string> call{"fit",
                                      fit.path("images"),
                                      "--out",
                                      fit.path("m.keras"),
                                      "--base",
                                      "mobilenet_v2",
                                      "--weights",
                                      "none",
                                      "--epochs",
                                      "1",
                                      "--cache",
                                      fit.path("cache"),
                                      "--image-size",
                                      "224",
                                      "--fine-tune-epochs",
                                      "0",
                                      "--threads",
                                      "1",
                                      "--validation-split",
                                      "0"};
  const auto sets = [&] {
    return json::parse(run_thaw({"cache", "--folder", fit.path("cache"), "--json"}).output)["sets"];
  };
  int64_t rows = 0;
  for (int delay = 10; delay < 5000 && (rows == 0 || rows == 60); delay += delay / 4 + 5) {
    fs::remove_all(fit.path("cache"));
    const ProgramRun run = run_thaw(call, {.interrupt_at = "feature extraction:",
                                           .interrupt_delay = std::chrono::milliseconds(delay)});
    if (run.exit_code != 130) continue;
    fs::remove(fit.path("m.keras.checkpoint"));
    if (!sets().empty()) rows = sets()[0]["rows"];
  }
  ASSERT_GT(rows, 0) << "it was never stopped in between";
  ASSERT_LT(rows, 60);
  const ProgramRun rest = run_thaw(call);
  ASSERT_EQ(rest.exit_code, 0) << rest.errors;
  EXPECT_EQ(sets()[0]["rows"], 60) << "a row that was computed again would stand there twice";
  EXPECT_EQ(sets()[0]["files"], 2);
}

}  // namespace
}  // namespace thaw
