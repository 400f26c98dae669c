#include "app/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

[[noreturn]] void become_thaw(std::vector<std::string> arguments, const std::string& output,
                              const std::string& errors, const std::function<void()>& in_child) {
  ::setenv("THAW_WEIGHTS_URL", "http://127.0.0.1:9/", 1);  // nobody listens there
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  if (in_child) in_child();
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
  if (child == 0) become_thaw(arguments, output, errors, options.in_child);
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
        ::kill(child, options.signal);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(output),
          read_file(errors)};
}

}  // namespace thaw::testing
