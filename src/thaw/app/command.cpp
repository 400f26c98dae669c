#include "thaw/app/command.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/core/named.h"

namespace thaw::app::commands {

const Command& find(std::string_view name) {
  if (const Command* command = find_named_or_null(all(), name)) return *command;
  throw UsageError(fmt::format("expected a command ({}), received {} (see thaw --help)",
                               names_of(all()),
                               name.empty() ? "none" : fmt::format("\"{}\"", name)));
}

}  // namespace thaw::app::commands
