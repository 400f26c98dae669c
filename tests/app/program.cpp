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
                              const std::string& errors) {
  ::setenv("THAW_WEIGHTS_URL", "http://127.0.0.1:9/", 1);  // nobody listens there
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
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
  if (child == 0) become_thaw(arguments, output, errors);
  if (!options.interrupt_at.empty()) {
    const auto runs = [&] {
      siginfo_t info{};
      return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
             info.si_pid == 0;
    };
    while (runs()) {
      if (std::filesystem::exists(errors) &&
          read_file(errors).find(options.interrupt_at) != std::string::npos) {
        ::kill(child, SIGINT);
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
