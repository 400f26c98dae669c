// A climb killed anywhere, then run to its end: the same bytes, and nothing left. A few kills here;
// THAW_KILLS and THAW_CALL_KILLS say how many, THAW_SEED repeats them.

#include <gtest/gtest.h>

#include <csignal>
#include <random>

#include "app/small_fit.h"
#include "support/seed.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::ProgramRun;
using testing::run_thaw;

int count_of(const char* variable, int unless_set) {
  const std::string asked = environment(variable);
  return asked.empty() ? unless_set : std::stoi(asked);
}

class KilledClimb : public ::testing::Test {
 protected:
  std::vector<std::string> arguments(const std::string& out) const {
    return {"climb",           fit_.path("images"),
            "--out",           fit_.path(out),
            "--base",          fit_.path("base.keras"),
            "--preprocessing", "tf",
            "--folds",         "3",
            "--most-blocks",   "2",
            "--epochs",        epochs_,
            "--cache",         fit_.path("cache"),
            "--resume"};
  }
  void expect_the_same_bytes() const {
    const ProgramRun run = run_thaw(arguments("m.keras"));
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_TRUE(read_file(fit_.path("m.keras")) == read_file(fit_.path("whole.keras")));
    EXPECT_TRUE(fit_.hidden_files().empty()) << fit_.hidden_files().front();
    EXPECT_FALSE(fs::exists(fit_.path("m.keras.checkpoint")));
  }

  testing::SmallFit fit_;
  std::string epochs_ = "40";
};

TEST_F(KilledClimb, at_random_moments_resumes_to_the_same_bytes) {
  const unsigned seed = testing::seed_of_run();
  SCOPED_TRACE("THAW_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(run_thaw(arguments("whole.keras")).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  fs::remove_all(fit_.path("cache"));
  int killed = 0;
  for (int i = 0; i < count_of("THAW_KILLS", 4); ++i) {
    const std::chrono::microseconds wait(1 + random() % static_cast<unsigned>(whole.count()));
    killed += run_thaw(arguments("m.keras"), {.kill_after = wait}).exit_code == 128 + SIGKILL;
  }
  RecordProperty("killed", killed);
  expect_the_same_bytes();
}

TEST_F(KilledClimb, at_system_calls_that_change_files_resumes_to_the_same_bytes) {
  epochs_ = "2";
  const unsigned seed = testing::seed_of_run();
  SCOPED_TRACE("THAW_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const ProgramRun whole = run_thaw(arguments("whole.keras"), {.kill_at_call = -1});
  if (whole.calls == 0) GTEST_SKIP() << "tracing a program is not permitted here";
  ASSERT_EQ(whole.exit_code, 0) << whole.errors;
  for (int i = 0; i < count_of("THAW_CALL_KILLS", 4); ++i) {
    const int number = 1 + static_cast<int>(random() % static_cast<unsigned>(whole.calls));
    SCOPED_TRACE("call " + std::to_string(number) + " of " + std::to_string(whole.calls));
    fs::remove_all(fit_.path("cache"));
    fs::remove(fit_.path("m.keras"));
    const ProgramRun run = run_thaw(arguments("m.keras"), {.kill_at_call = number});
    // Threads may save a write or two; then it has come to its end.
    EXPECT_TRUE(run.exit_code == 128 + SIGKILL || run.exit_code == 0) << run.errors;
    expect_the_same_bytes();
  }
}

TEST_F(KilledClimb, interrupted_keeps_its_state_and_says_how_to_go_on) {
  epochs_ = "300";
  const ProgramRun stopped = run_thaw(arguments("m.keras"), {.interrupt_at = "blocks fine-tuned"});
  EXPECT_EQ(stopped.exit_code, 130) << stopped.errors;
  EXPECT_NE(stopped.errors.find("--resume"), std::string::npos) << stopped.errors;
  EXPECT_FALSE(fs::exists(fit_.path("m.keras")));
}

}  // namespace
}  // namespace thaw
