#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "thaw/task/option.h"

namespace thaw::app {

/// Exit codes that scripts rely on.
enum class Exit { done = 0, failed = 1, usage = 2, interrupted = 130 };

/// One use of a command: its options, and what runs once they are set.
class Call {
 public:
  virtual ~Call() = default;
  /// Adds the options, whose places belong to this object.
  virtual void describe(OptionList& options) = 0;
  virtual Exit run() = 0;
};

/// One word after `thaw`: a row of the table made from the files of app/commands/. Its help, man
/// page and completions are made of what stands here and of its options.
struct Command {
  std::string_view name;
  std::string_view what;     ///< in one line
  std::string_view details;  ///< what a newcomer should know, in a paragraph or two
  std::string_view example;  ///< a line of a shell
  std::unique_ptr<Call> (*make)();
  /// Whether it runs networks, for which the program is set up (brief_waits.h).
  bool runs_networks = false;
};

/// For Command::make.
template <typename T>
std::unique_ptr<Call> make_call() {
  return std::make_unique<T>();
}

namespace commands {
std::span<const Command* const> all();
/// Throws UsageError listing the names when `name` is none of them.
const Command& find(std::string_view name);
}  // namespace commands

}  // namespace thaw::app
