#include "thaw/runtime/cpu/idle_threads.h"

#include <atomic>
#include <mutex>
#include <thread>

// Of OpenMP's API (omp.h, which clang-tidy does not find beside GCC's).
extern "C" int omp_get_num_procs();

namespace thaw::cpu {
namespace {

enum class Team { absent, starting, asleep, leaving };

// Neither has a destructor to run while the owner, which is never joined, still waits at exit.
std::mutex one_change_at_once;
std::atomic<Team> team = Team::absent;

void enter(Team next) {
  team = next;
  team.notify_all();
}

/// GCC's OpenMP reads how long to spin from the environment (OMP_WAIT_POLICY) before main() begins,
/// so a program cannot choose. But it spins 300 times shorter while it manages more threads than
/// there are processors (libgomp, GOMP_SPINCOUNT). So one thread owns a team of that many and then
/// sleeps: the team never runs again, and counts until its owner ends. With another OpenMP this
/// changes nothing.
void own_a_team() {
  const int count = omp_get_num_procs() + 1;
  int joined = 0;
#pragma omp parallel num_threads(count)
  {
#pragma omp atomic
    ++joined;
  }
  enter(joined > 0 ? Team::asleep : Team::leaving);
  team.wait(Team::asleep);
  enter(Team::absent);
}

}  // namespace

void let_idle_threads_sleep(bool sleep) {
  const std::scoped_lock lock(one_change_at_once);
  if (sleep == (team != Team::absent)) return;
  if (sleep) {
    team = Team::starting;
    std::thread(own_a_team).detach();
    team.wait(Team::starting);
  } else {
    enter(Team::leaving);
    team.wait(Team::leaving);
  }
}

}  // namespace thaw::cpu
