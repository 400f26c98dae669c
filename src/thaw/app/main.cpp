#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "thaw/app/brief_waits.h"
#include "thaw/app/command.h"
#include "thaw/app/command_line.h"
#include "thaw/app/help_text.h"
#include "thaw/app/question.h"
#include "thaw/app/standard_streams.h"
#include "thaw/core/error.h"
#include "thaw/core/terminal_text.h"
#include "thaw/version.h"

namespace thaw::app {
namespace {

int fail(const std::string& message, Exit code) {
  fmt::print(stderr, "thaw: error: {}\n", printable(message));
  return static_cast<int>(code);
}

Exit run_command(const Command& command, std::span<const char* const> arguments) {
  const auto call = command.make();
  OptionList options;
  call->describe(options);
  try {
    if (parse_arguments(options, arguments) == Asked::help) {
      fmt::print("{}", command_help(command));
      return Exit::done;
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{} (see thaw {} --help)", error.what(), command.name));
  }
  return call->run();
}

int run(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--help" || word == "-h") {
    fmt::print("{}", program_help());
    return static_cast<int>(Exit::done);
  }
  if (word == "--version") {
    fmt::print("thaw " THAW_VERSION "\n");
    return static_cast<int>(Exit::done);
  }
  const Command& command = commands::find(word);
  if (command.runs_networks) restart_with_brief_waits(argv);
  std::vector<const char*> arguments(argv + 2, argv + argc);
  try {
    return static_cast<int>(run_command(command, arguments));
  } catch (const UnknownPreprocessing& unknown) {
    const auto answer = ask_for_preprocessing(unknown);
    if (!answer) throw;
    const std::string flag = "--preprocessing=" + *answer;
    arguments.push_back(flag.c_str());
    return static_cast<int>(run_command(command, arguments));
  }
}

}  // namespace
}  // namespace thaw::app

int main(int argc, char** argv) {
  using thaw::app::Exit;
  thaw::app::secure_standard_streams();
  try {
    const int code = thaw::app::run(argc, argv);
    thaw::app::finish_standard_output();
    return code;
  } catch (const thaw::UsageError& error) {
    return thaw::app::fail(error.what(), Exit::usage);
  } catch (const std::system_error& error) {
    const bool is_output = std::ferror(stdout) != 0;  // fmt::print() does not say where to
    return thaw::app::fail((is_output ? "standard output: " : "") + std::string(error.what()),
                           Exit::failed);
  } catch (const std::bad_alloc&) {
    return thaw::app::fail("out of memory", Exit::failed);
  } catch (const std::exception& error) {
    return thaw::app::fail(error.what(), Exit::failed);
  }
}
