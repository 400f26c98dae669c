#include "thaw/app/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "thaw/app/command.h"
#include "thaw/applications/application.h"
#include "thaw/core/error.h"

namespace thaw::app {
namespace {

/// A command with its options described.
struct Described {
  const Command* command;
  std::unique_ptr<Call> call;
  OptionList options;
};

std::vector<Described> described() {
  std::vector<Described> result;
  for (const Command* command : commands::all()) {
    Described each{command, command->make(), {}};
    each.call->describe(each.options);
    result.push_back(std::move(each));
  }
  return result;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command* command : commands::all()) names.emplace_back(command->name);
  return names;
}

/// The words that a value may be; empty: any.
std::vector<std::string> words_of(const Option& option) {
  std::vector<std::string> words = option.about.choices;
  if (option.about.completes == Completes::command) words = command_names();
  if (option.about.completes == Completes::network) {
    for (const Application* network : applications::all()) words.emplace_back(network->name);
  }
  return words;
}

bool takes_files(const Option& option) {
  return option.about.completes == Completes::file || option.about.completes == Completes::network;
}

/// Between single quotes of a POSIX shell.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::string one_line(const std::string& help) {
  constexpr size_t most = 60;
  const std::string first = help.substr(0, help.find_first_of(".;("));
  if (first.size() <= most) return first;
  return first.substr(0, first.rfind(' ', most));
}

std::string bash_values(const Option& option, const std::string& pattern) {
  const auto words = words_of(option);
  std::string replies;
  if (!words.empty())
    replies += fmt::format(" $(compgen -W {} -- \"$word\")",
                           in_quotes(fmt::format("{}", fmt::join(words, " "))));
  if (takes_files(option)) replies += " $(compgen -f -- \"$word\")";
  if (option.about.completes == Completes::folder) replies += " $(compgen -d -- \"$word\")";
  return fmt::format("    {}) COMPREPLY=({} ); return ;;\n", pattern, replies);
}

std::string bash_script() {
  std::string text = fmt::format(
      "# bash completion of thaw: source <(thaw completion bash)\n"
      "_thaw() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} "
      "command=${{COMP_WORDS[1]}} flags='--help'\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W {} -- \"$word\")); return\n"
      "  fi\n"
      "  case $command:$before in\n",
      in_quotes(fmt::format("{} --help --version", fmt::join(command_names(), " "))));
  std::string flags;
  std::string positional;
  const auto all = described();
  for (const Described& each : all) {
    std::string own;
    for (const Option& option : each.options.all()) {
      if (option.about.positional) {
        positional += bash_values(option, fmt::format("{}:*", each.command->name));
        continue;
      }
      own += " " + option.flag();
      if (!option.is_switch)
        text += bash_values(option, fmt::format("{}:{}", each.command->name, option.flag()));
    }
    flags += fmt::format("    {}) flags='--help{}' ;;\n", each.command->name, own);
  }
  text += "  esac\n  case $command in\n" + flags + "  esac\n";
  text +=
      "  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")); "
      "return\n  fi\n";
  text += "  case $command:x in\n" + positional + "  esac\n}\n";
  return text + "complete -o filenames -F _thaw thaw\n";
}

std::string zsh_action(const Option& option) {
  if (const auto words = words_of(option); !words.empty()) {
    const std::string list = fmt::format("({})", fmt::join(words, " "));
    return takes_files(option) ? "_files" : list;
  }
  if (option.about.completes == Completes::folder) return "_files -/";
  return option.about.completes == Completes::nothing ? " " : "_files";
}

/// Within a specification of _arguments these end a part.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_script() {
  std::string text =
      "#compdef thaw\n# zsh completion of thaw: source <(thaw completion zsh)\n_thaw() {\n"
      "  local -a commands\n  commands=(\n";
  for (const Command* command : commands::all()) {
    text += fmt::format("    {}\n", in_quotes(fmt::format("{}:{}", command->name, command->what)));
  }
  text +=
      "  )\n  if ((CURRENT == 2)); then _describe command commands; return; fi\n"
      "  local command=$words[2]\n  words=(\"${(@)words[2,-1]}\")\n  ((CURRENT--))\n"
      "  case $command in\n";
  const auto all = described();
  for (const Described& each : all) {
    text += fmt::format("    {}) _arguments '--help[show help]'", each.command->name);
    for (const Option& option : each.options.all()) {
      const std::string help = zsh_text(one_line(option.about.help));
      std::string spec;
      if (option.about.positional) {
        spec = fmt::format("{}:{}:{}", option.takes_several ? "*" : "", option.name,
                           zsh_action(option));
      } else if (option.is_switch) {
        spec = fmt::format("{}[{}]", option.flag(), help);
      } else {
        spec = fmt::format("{}[{}]:{}:{}", option.flag(), help, option.name, zsh_action(option));
      }
      text += " \\\n      " + in_quotes(spec);
    }
    text += " ;;\n";
  }
  return text +
         "  esac\n}\nif [[ $funcstack[1] == _thaw ]]; then _thaw; else compdef _thaw thaw; fi\n";
}

std::string fish_script() {
  std::string text =
      "# fish completion of thaw: thaw completion fish | source\ncomplete -c thaw -f\n";
  for (const Command* command : commands::all()) {
    text += fmt::format("complete -c thaw -n __fish_use_subcommand -a {} -d {}\n", command->name,
                        in_quotes(command->what));
  }
  const auto all = described();
  for (const Described& each : all) {
    const std::string here =
        fmt::format("complete -c thaw -n '__fish_seen_subcommand_from {}'", each.command->name);
    text += here + " -l help -d 'show help'\n";
    for (const Option& option : each.options.all()) {
      std::string line = here;
      if (!option.about.positional) {
        line += fmt::format(" -l {} -d {}", option.name, in_quotes(one_line(option.about.help)));
        if (!option.is_switch) line += " -r";
      }
      const auto words = words_of(option);
      if (!words.empty())
        line += fmt::format(" -a {}", in_quotes(fmt::format("{}", fmt::join(words, " "))));
      if (takes_files(option)) line += " -F";
      if (option.about.completes == Completes::folder)
        line += " -a '(__fish_complete_directories)'";
      if (line != here) text += line + "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  throw UsageError("expected bash, zsh or fish, received \"" + shell + "\"");
}

}  // namespace thaw::app
