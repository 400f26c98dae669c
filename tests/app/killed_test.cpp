// Killed anywhere, then run to its end: the same bytes, and nothing left. A few kills here;
// THAW_KILLS and THAW_CALL_KILLS say how many, THAW_SEED repeats them.

#include <gtest/gtest.h>

#include <csignal>

#include "app/killed.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::ProgramRun;
using testing::run_thaw;
using testing::SmallFit;

/// A fit with a state after every epoch, and the model that it gives when nobody kills it.
class Killed : public ::testing::Test {
 protected:
  Killed() : every_epoch_("THAW_CHECKPOINT_SECONDS", "0") {}

  std::vector<std::string> arguments(const std::string& out) const {
    return fit_.arguments(out, {"--epochs", epochs_, "--fine-tune-epochs", epochs_, "--resume",
                                "--history", fit_.path(out + ".json")});
  }

  SmallFit fit_;
  std::string epochs_ = "100";
  testing::KilledCommand command_{fit_, [this](const std::string& out) { return arguments(out); }};
  testing::Environment every_epoch_;
};

TEST_F(Killed, at_random_moments_resumes_to_the_same_bytes) {
  RecordProperty("killed", command_.at_random_moments());
}

TEST_F(Killed, at_system_calls_that_change_files_resumes_to_the_same_bytes) {
  epochs_ = "4";
  if (!command_.at_system_calls()) GTEST_SKIP() << "tracing a program is not permitted here";
}

/// A conversion that is killed as it puts its file in place leaves it to the next to clear up.
TEST_F(Killed, a_conversion_leaves_the_old_file_and_the_next_one_clears_up) {
  const std::string in = fit_.path("base.keras");
  const std::string out = fit_.path("c.h5");
  const std::vector<std::string> call{"convert", in, out};
  const ProgramRun whole = run_thaw(call, {.kill_at_call = -1});
  if (whole.calls == 0) GTEST_SKIP() << "tracing a program is not permitted here";
  const std::string converted = read_file(out);
  for (int number = 1; number <= whole.calls; ++number) {
    write_file(out, "an older model");
    const ProgramRun run = run_thaw(call, {.kill_at_call = number});
    EXPECT_EQ(run.exit_code, 128 + SIGKILL) << number;
    const std::string left = read_file(out);
    EXPECT_TRUE(left == "an older model" || left == converted) << number;
    EXPECT_EQ(run_thaw(call).exit_code, 0);
    EXPECT_TRUE(read_file(out) == converted) << number;
    EXPECT_TRUE(fit_.hidden_files().empty()) << number << fit_.hidden_files().front();
  }
}

}  // namespace
}  // namespace thaw
