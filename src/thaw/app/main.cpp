#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <vector>

#include "thaw/app/brief_waits.h"
#include "thaw/app/command.h"
#include "thaw/core/error.h"
#include "thaw/version.h"

namespace thaw::app {
namespace {

int fail(const char* message, Exit code) {
  fmt::print(stderr, "thaw: error: {}\n", message);
  return static_cast<int>(code);
}

/// nullptr where there is none.
const Command* find_command(std::string_view word) {
  const auto found =
      std::ranges::find_if(commands::all(), [&](const Command* c) { return c->name == word; });
  return found == commands::all().end() ? nullptr : *found;
}

std::string command_names() {
  std::string names;
  for (const Command* command : commands::all())
    names += (names.empty() ? "" : ", ") + std::string(command->name);
  return names;
}

int run(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  const Command* command = find_command(word);
  if (command != nullptr && command->runs_networks) restart_with_brief_waits(argv);
  CLI::App program("Fine-tunes pretrained image classifiers.", "thaw");
  program.set_version_flag("--version", "thaw " THAW_VERSION);
  program.require_subcommand(1);
  std::vector<std::pair<CLI::App*, std::function<Exit()>>> bodies;
  for (const Command* each : commands::all()) {
    CLI::App* options = program.add_subcommand(std::string(each->name), std::string(each->what));
    bodies.emplace_back(options, each->configure(*options));
    // So that a script can add to a command that it was given.
    for (CLI::Option* option : options->get_options()) {
      if (option->nonpositional() && option->get_expected_max() == 1)
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
  if (!word.starts_with('-') && command == nullptr) {
    return fail(fmt::format("expected a command ({}), received {} (see thaw --help)",
                            command_names(), word.empty() ? "none" : fmt::format("\"{}\"", word))
                    .c_str(),
                Exit::usage);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  } catch (const CLI::ParseError& error) {
    return fail(fmt::format("{} (see thaw {}--help)", error.what(),
                            command != nullptr ? fmt::format("{} ", word) : "")
                    .c_str(),
                Exit::usage);
  }
  for (const auto& [options, body] : bodies) {
    if (options->parsed()) return static_cast<int>(body());
  }
  return static_cast<int>(Exit::usage);
}

}  // namespace
}  // namespace thaw::app

int main(int argc, char** argv) {
  using thaw::app::Exit;
  try {
    return thaw::app::run(argc, argv);
  } catch (const thaw::UsageError& error) {
    return thaw::app::fail(error.what(), Exit::usage);
  } catch (const std::exception& error) {
    return thaw::app::fail(error.what(), Exit::failed);
  }
}
