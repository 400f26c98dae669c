#include "thaw/app/man_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/app/help_text.h"
#include "thaw/version.h"

namespace thaw::app {
namespace {

/// Text as roff takes it: no letter of it is a command. A hyphen is one that can be copied.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      result += c;
    }
  }
  return result.starts_with('.') ? "\\&" + result : result;
}

std::string head(const std::string& name, std::string_view what) {
  return fmt::format(".TH {} 1 \"\" \"thaw {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
                     escaped(name), THAW_VERSION, escaped(name), escaped(what));
}

std::string entry(const Option& option) {
  std::string text = ".TP\n";
  if (option.about.positional) {
    text += ".I " + escaped(flag_text(option)) + "\n";
  } else {
    text += ".B " + escaped(option.flag());
    const std::string value = value_text(option);
    text += value.empty() ? "\n" : " \\fI" + escaped(value) + "\\fR\n";
  }
  text += escaped(option.about.help);
  if (const std::string usual = usual_text(option); !usual.empty())
    text += " (default: " + escaped(usual) + ")";
  if (!option.about.excludes.empty()) text += "; not with " + escaped("--" + option.about.excludes);
  return text + ".\n";
}

constexpr std::string_view help_entry =
    ".TP\n.B \\-\\-help\nshow these options, and do nothing else.\n";

constexpr std::string_view exit_status =
    ".SH \"EXIT STATUS\"\n0: done. 1: it failed. 2: the call was wrong. 130: interrupted, with the "
    "state saved.\n";

}  // namespace

std::string command_man_page(const Command& command) {
  const auto call = command.make();
  OptionList options;
  call->describe(options);
  std::string text = head(fmt::format("thaw-{}", command.name), command.what);
  text += ".SH SYNOPSIS\n.B " + escaped(usage_line(command, options)) + "\n";
  if (!command.details.empty()) text += ".SH DESCRIPTION\n" + escaped(command.details) + "\n";
  std::string group = "-";
  for (const Option& option : options.all()) {
    if (option.group != group) {
      if (group.empty()) text += help_entry;
      group = option.group;
      text += ".SH " + (group.empty() ? "OPTIONS" : "\"" + escaped(group) + "\"") + "\n";
    }
    text += entry(option);
  }
  if (group.empty()) text += help_entry;
  text += exit_status;
  if (!command.example.empty())
    text += ".SH EXAMPLES\n.nf\n" + escaped(command.example) + "\n.fi\n";
  return text + ".SH \"SEE ALSO\"\n.BR thaw (1)\n";
}

std::string program_man_page() {
  std::string text = head("thaw", "fine-tunes pretrained image classifiers");
  text +=
      ".SH SYNOPSIS\n.B thaw\n.I COMMAND\n[options]\n.SH DESCRIPTION\nA pretrained network gets a "
      "new head, and the head, then the network's last layers, learn from a folder of images that "
      "holds one folder a class. The frozen layers run once an image.\n.SH COMMANDS\n";
  for (const Command* command : commands::all()) {
    text +=
        fmt::format(".TP\n.BR thaw\\-{} (1)\n{}\n", escaped(command->name), escaped(command->what));
  }
  text +=
      ".SH ENVIRONMENT\n.TP\n.B THAW_HOME\nthe folder of downloaded weights and kept features "
      "(default: the user\\(aqs cache folder)\n.TP\n.B THAW_CACHE_BYTES\nthe most bytes that kept "
      "features may take (default: 10 GB)\n";
  return text + std::string(exit_status);
}

}  // namespace thaw::app
