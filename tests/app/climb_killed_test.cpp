// A climb killed anywhere, then run to its end: the same bytes, and nothing left. A few kills here;
// THAW_KILLS and THAW_CALL_KILLS say how many, THAW_SEED repeats them.

#include <gtest/gtest.h>

#include "app/killed.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::ProgramRun;
using testing::run_thaw;

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

  testing::SmallFit fit_;
  std::string epochs_ = "40";
  testing::KilledCommand command_{fit_, [this](const std::string& out) { return arguments(out); }};
};

TEST_F(KilledClimb, at_random_moments_resumes_to_the_same_bytes) {
  RecordProperty("killed", command_.at_random_moments());
}

TEST_F(KilledClimb, at_system_calls_that_change_files_resumes_to_the_same_bytes) {
  epochs_ = "2";
  if (!command_.at_system_calls()) GTEST_SKIP() << "tracing a program is not permitted here";
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
