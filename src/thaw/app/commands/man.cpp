#include <fmt/format.h>

#include "thaw/app/command.h"
#include "thaw/app/man_page.h"
#include "thaw/core/files.h"

namespace thaw::app::commands {
namespace {

struct Man final : Call {
  std::string command;
  std::filesystem::path folder;

  void describe(OptionList& options) override {
    options.add("command", command,
                {.help = "whose page; without it, that of the program",
                 .positional = true,
                 .completes = Completes::command});
    options.add("folder", folder,
                {.help = "write all pages into this folder instead: thaw.1, thaw-fit.1, ...",
                 .value = "DIR",
                 .completes = Completes::folder});
  }

  Exit run() override {
    if (folder.empty()) {
      fmt::print("{}", command.empty() ? program_man_page() : command_man_page(find(command)));
      return Exit::done;
    }
    std::filesystem::create_directories(folder);
    write_file(folder / "thaw.1", program_man_page());
    for (const Command* each : all())
      write_file(folder / fmt::format("thaw-{}.1", each->name), command_man_page(*each));
    return Exit::done;
  }
};

}  // namespace

extern const Command man;
const Command man{.name = "man",
                  .what = "manual pages, as roff on standard output",
                  .details = "To read one that is not installed: thaw man fit | man -l -",
                  .example = "thaw man fit | man -l -",
                  .make = &make_call<Man>};

}  // namespace thaw::app::commands
