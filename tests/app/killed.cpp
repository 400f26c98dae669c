#include "app/killed.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>

#include "support/seed.h"
#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

namespace fs = std::filesystem;

int count_of(const char* variable, int unless_set) {
  const std::string asked = environment(variable);
  return asked.empty() ? unless_set : std::stoi(asked);
}

}  // namespace

void KilledCommand::expect_the_same_bytes() const {
  const ProgramRun run = run_thaw(arguments_("m.keras"));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(read_file(fit_.path("m.keras")) == read_file(fit_.path("whole.keras")));
  EXPECT_TRUE(fit_.hidden_files().empty()) << fit_.hidden_files().front();
  EXPECT_FALSE(fs::exists(fit_.path("m.keras.checkpoint")));
}

int KilledCommand::at_random_moments() const {
  const unsigned seed = seed_of_run();
  SCOPED_TRACE("THAW_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(run_thaw(arguments_("whole.keras")).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  fs::remove_all(fit_.path("cache"));
  int killed = 0;
  for (int i = 0; i < count_of("THAW_KILLS", 4); ++i) {
    const std::chrono::microseconds wait(1 + random() % static_cast<unsigned>(whole.count()));
    killed += run_thaw(arguments_("m.keras"), {.kill_after = wait}).exit_code == 128 + SIGKILL;
  }
  expect_the_same_bytes();
  return killed;
}

bool KilledCommand::at_system_calls() const {
  const unsigned seed = seed_of_run();
  SCOPED_TRACE("THAW_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const ProgramRun whole = run_thaw(arguments_("whole.keras"), {.kill_at_call = -1});
  if (whole.calls == 0) return false;
  EXPECT_EQ(whole.exit_code, 0) << whole.errors;
  for (int i = 0; i < count_of("THAW_CALL_KILLS", 4); ++i) {
    const int number = 1 + static_cast<int>(random() % static_cast<unsigned>(whole.calls));
    SCOPED_TRACE("call " + std::to_string(number) + " of " + std::to_string(whole.calls));
    fs::remove_all(fit_.path("cache"));
    fs::remove(fit_.path("m.keras"));
    const ProgramRun run = run_thaw(arguments_("m.keras"), {.kill_at_call = number});
    // Threads may save a write or two; then it has come to its end.
    EXPECT_TRUE(run.exit_code == 128 + SIGKILL || run.exit_code == 0) << run.errors;
    expect_the_same_bytes();
  }
  return true;
}

}  // namespace thaw::testing
