#include <fmt/format.h>

#include "thaw/app/command.h"
#include "thaw/app/help_text.h"

namespace thaw::app::commands {
namespace {

struct Help final : Call {
  std::string command;

  void describe(OptionList& options) override {
    options.add("command", command,
                {.help = "which command; without it, all of them in a line each",
                 .positional = true,
                 .completes = Completes::command});
  }

  Exit run() override {
    fmt::print("{}", command.empty() ? program_help() : command_help(find(command)));
    return Exit::done;
  }
};

}  // namespace

extern const Command help;
const Command help{.name = "help",
                   .what = "what a command does and takes",
                   .details = "The same as thaw COMMAND --help.",
                   .example = "thaw help fit",
                   .make = &make_call<Help>};

}  // namespace thaw::app::commands
