#include "thaw/app/brief_waits.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace thaw {

void restart_with_brief_waits(char** argv) {
  constexpr const char* name = "GOMP_SPINCOUNT";
  constexpr const char* tenth_of_a_millisecond = "10000";  // libgomp reckons 100,000 in one
  for (const char* known : {name, "OMP_WAIT_POLICY"})
    if (std::getenv(known) != nullptr) return;
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure || ::setenv(name, tenth_of_a_millisecond, 1) != 0) return;
  ::execv(program.c_str(), argv);
  ::unsetenv(name);  // it did not start; programs that this one starts are not to know
}

}  // namespace thaw
