#include "thaw/runtime/cpu/idle_threads.h"

#include <condition_variable>
#include <mutex>
#include <thread>

// Of OpenMP's API (omp.h, which clang-tidy does not find beside GCC's).
extern "C" int omp_get_num_procs();

namespace thaw::cpu {
namespace {

/// GCC's OpenMP reads how long to spin from the environment (OMP_WAIT_POLICY) before main() begins,
/// so a program cannot choose. But it spins 3000 times shorter while it manages more threads than
/// there are processors (libgomp, GOMP_SPINCOUNT). So one thread owns a team of that many and then
/// sleeps: the team never runs again, and counts. With another OpenMP this changes nothing.
void own_a_sleeping_team(std::mutex& mutex, std::condition_variable& started, bool& is_started) {
  const int count = omp_get_num_procs() + 1;
  int joined = 0;
#pragma omp parallel num_threads(count)
  {
#pragma omp atomic
    ++joined;
  }
  {
    const std::scoped_lock lock(mutex);
    is_started = joined > 0;
  }
  started.notify_one();
  std::mutex forever;
  std::unique_lock lock(forever);
  std::condition_variable never;
  never.wait(lock, [] { return false; });
}

bool start_team() {
  // They outlive the function: the thread, which is never joined, may still be leaving its lock.
  static std::mutex mutex;
  static std::condition_variable started;
  static bool is_started = false;
  std::thread([] { own_a_sleeping_team(mutex, started, is_started); }).detach();
  std::unique_lock lock(mutex);
  started.wait(lock, [] { return is_started; });
  return true;
}

}  // namespace

void let_idle_threads_sleep() { [[maybe_unused]] static const bool once = start_team(); }

}  // namespace thaw::cpu
