#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace thaw::app {

/// Exit codes that scripts rely on.
enum class Exit { done = 0, failed = 1, usage = 2, interrupted = 130 };

/// One word after `thaw`: a row of the table made from the files of app/commands/.
struct Command {
  std::string_view name;
  std::string_view what;  ///< in one line, for the help
  /// Declares the options and returns what runs once they are parsed.
  std::function<Exit()> (*configure)(CLI::App& options);
  /// Whether it runs networks, for which the program is set up (app/brief_waits.h).
  bool runs_networks = false;
};

namespace commands {
std::span<const Command* const> all();
}  // namespace commands

}  // namespace thaw::app
