#include "thaw/app/command.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::app::commands {

const Command& find(std::string_view name) {
  std::string names;
  for (const Command* command : all()) {
    if (command->name == name) return *command;
    names += (names.empty() ? "" : ", ") + std::string(command->name);
  }
  throw UsageError(fmt::format("expected a command ({}), received {} (see thaw --help)", names,
                               name.empty() ? "none" : fmt::format("\"{}\"", name)));
}

}  // namespace thaw::app::commands
