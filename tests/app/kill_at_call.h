#pragma once

#include <sys/types.h>

namespace thaw::testing {

/// Makes this process, which is about to become a program, stop at each system call that changes
/// what is on a disk: writes, renames, removals, and those that put it there for good. False, and
/// nothing is changed, where the system permits no tracing.
bool stop_at_calls_that_change_files();

struct FollowedChild {
  int calls = 0;   ///< those it entered, in all its threads
  int status = 0;  ///< as waitpid() gives it
};

/// Follows such a child to its end, and kills it (SIGKILL) as it enters the `number`-th of those
/// calls, the first being 1. One that could not be traced is waited for.
FollowedChild follow_calls(pid_t child, int number);

}  // namespace thaw::testing
