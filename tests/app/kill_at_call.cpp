#include "app/kill_at_call.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thaw::testing {
namespace {

const std::vector<long>& calls() {
  static const std::vector<long> all{
      SYS_write,     SYS_writev, SYS_pwrite64,  SYS_fsync,    SYS_fdatasync,
      SYS_ftruncate, SYS_flock,  SYS_renameat2, SYS_unlinkat,
#ifdef SYS_rename
      SYS_rename,
#endif
#ifdef SYS_renameat
      SYS_renameat,
#endif
#ifdef SYS_unlink
      SYS_unlink,
#endif
  };
  return all;
}

sock_filter statement(unsigned code, unsigned value) {
  return {static_cast<uint16_t>(code), 0, 0, value};
}

/// Traces those calls, lets all others pass.
std::vector<sock_filter> filter() {
  std::vector<sock_filter> program{statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls()) {
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<unsigned>(call)});
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return program;
}

}  // namespace

bool stop_at_calls_that_change_files() {
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return false;
  ::raise(SIGSTOP);  // until follow_calls() has said what it wants to know
  std::vector<sock_filter> program = filter();
  const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

FollowedChild follow_calls(pid_t child, int number) {
  FollowedChild result;
  if (::waitpid(child, &result.status, WUNTRACED) != child || !WIFSTOPPED(result.status))
    return result;
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr,
           PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
  ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  while (true) {
    int status = 0;
    const pid_t thread = ::waitpid(-1, &status, __WALL);
    if (thread < 0) return result;
    if (!WIFSTOPPED(status)) {
      result.status = status;
      if (thread == child) return result;
      continue;
    }
    const int event = status >> 16;
    const int stopped_by = WSTOPSIG(status);
    if (event == PTRACE_EVENT_SECCOMP && ++result.calls == number) ::kill(child, SIGKILL);
    const bool is_its_own = event == 0 && stopped_by != SIGSTOP && stopped_by != SIGTRAP;
    ::ptrace(PTRACE_CONT, thread, nullptr, is_its_own ? stopped_by : 0);
  }
}

}  // namespace thaw::testing
