#include "thaw/app/brief_waits.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace thaw {
namespace {

/// The kernel's struct sched_attr in its first form. Its own header cannot be included beside those
/// of newer C libraries, which have one of that name.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;
  uint64_t deadline = 0;
  uint64_t period = 0;
};

/// Of this thread, and so of those that it starts. A wish: kernels before 6.12 pass over it.
void ask_for_turns_of(uint64_t nanoseconds) {
  SchedulingAttributes attributes;
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.runtime = nanoseconds;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace

void restart_with_brief_waits(char** argv) {
  constexpr const char* name = "GOMP_SPINCOUNT";
  constexpr const char* hundredth_of_a_millisecond = "1000";  // libgomp reckons 100,000 in one
  ask_for_turns_of(100'000);
  for (const char* known : {name, "OMP_WAIT_POLICY"})
    if (std::getenv(known) != nullptr) return;
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure || ::setenv(name, hundredth_of_a_millisecond, 1) != 0) return;
  ::execv(program.c_str(), argv);
  ::unsetenv(name);  // it did not start; programs that this one starts are not to know
}

}  // namespace thaw
