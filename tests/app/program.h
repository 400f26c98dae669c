#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "app/small_images.h"

namespace thaw::testing {

/// What a run of the program left.
struct ProgramRun {
  int exit_code = -1;  ///< 128 + the signal when one ended it
  std::string output;
  std::string errors;
  int calls =
      0;  ///< with RunOptions::kill_at_call: those that change files; 0: it cannot be traced
};

struct RunOptions {
  /// Send `signal` as soon as standard error holds this text; empty: never.
  std::string interrupt_at = {};
  int signal = SIGINT;
  /// Send SIGKILL so long after its start, if it still runs; 0: never.
  std::chrono::microseconds kill_after{0};
  /// Send `signal` only so long after `interrupt_at` was there.
  std::chrono::microseconds interrupt_delay{0};
  /// Send SIGKILL as it enters so many-th of the system calls that change files (kill_at_call.h);
  /// 0: never, -1: count them only.
  int kill_at_call = 0;
  /// Done in the new process before it becomes `thaw`: limits, signals, other standard streams.
  std::function<void()> in_child = {};
};

/// Runs `thaw` with these arguments, without a terminal and without a network at hand.
ProgramRun run_thaw(const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace thaw::testing
