#include "app/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "app/kill_at_call.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

[[noreturn]] void become_thaw(std::vector<std::string> arguments, const std::string& output,
                              const std::string& errors, const RunOptions& options) {
  ::setenv("THAW_WEIGHTS_URL", "http://127.0.0.1:9/", 1);  // nobody listens there
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  if (options.in_child) options.in_child();
  if (options.kill_at_call != 0) {
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // which traces too, and one can at a time
    if (!stop_at_calls_that_change_files()) ::_exit(126);
  }
  arguments.insert(arguments.begin(), THAW_PROGRAM);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(THAW_PROGRAM, pointers.data());
  ::_exit(127);
}

}  // namespace

ProgramRun run_thaw(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder folder;
  const std::string output = (folder / "output").string();
  const std::string errors = (folder / "errors").string();
  const pid_t child = ::fork();
  if (child == 0) become_thaw(arguments, output, errors, options);
  const auto runs = [&] {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
  };
  if (options.kill_after.count() > 0) {
    const auto end = std::chrono::steady_clock::now() + options.kill_after;
    while (runs() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    ::kill(child, SIGKILL);  // not waited for yet, so the number is still its own
  }
  if (!options.interrupt_at.empty()) {
    while (runs()) {
      if (std::filesystem::exists(errors) &&
          read_file(errors).find(options.interrupt_at) != std::string::npos) {
        std::this_thread::sleep_for(options.interrupt_delay);
        if (runs()) ::kill(child, options.signal);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  FollowedChild followed;
  if (options.kill_at_call != 0) {
    followed = follow_calls(child, options.kill_at_call);
  } else {
    ::waitpid(child, &followed.status, 0);
  }
  const int status = followed.status;
  const bool has_begun = std::filesystem::exists(output) && std::filesystem::exists(errors);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          has_begun ? read_file(output) : "", has_begun ? read_file(errors) : "", followed.calls};
}

}  // namespace thaw::testing
