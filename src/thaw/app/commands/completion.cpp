#include "thaw/app/completion.h"

#include <fmt/format.h>

#include "thaw/app/command.h"

namespace thaw::app::commands {
namespace {

struct Completion final : Call {
  std::string shell;

  void describe(OptionList& options) override {
    options.add("shell", shell,
                {.help = "whose completion to write",
                 .value = "bash|zsh|fish",
                 .choices = {"bash", "zsh", "fish"},
                 .required = true,
                 .positional = true});
  }

  Exit run() override {
    fmt::print("{}", completion_script(shell));
    return Exit::done;
  }
};

}  // namespace

extern const Command completion;
const Command completion{
    .name = "completion",
    .what = "a script that makes a shell complete commands, flags and values",
    .details =
        "For one session of bash: source <(thaw completion bash). To keep it, write it where the "
        "shell looks: ~/.local/share/bash-completion/completions/thaw, a file _thaw in zsh's "
        "fpath, or ~/.config/fish/completions/thaw.fish.",
    .example = "source <(thaw completion bash)",
    .make = &make_call<Completion>};

}  // namespace thaw::app::commands
