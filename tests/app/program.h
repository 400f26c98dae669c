#pragma once

#include <string>
#include <vector>

#include "app/small_images.h"

namespace thaw::testing {

/// What a run of the program left.
struct ProgramRun {
  int exit_code = -1;  ///< 128 + the signal when one ended it
  std::string output;
  std::string errors;
};

struct RunOptions {
  /// Interrupt (SIGINT) as soon as standard error holds this text; empty: never.
  std::string interrupt_at = {};
};

/// Runs `thaw` with these arguments, without a terminal and without a network at hand.
ProgramRun run_thaw(const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace thaw::testing
