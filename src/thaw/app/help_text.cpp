#include "thaw/app/help_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace thaw::app {
namespace {

constexpr size_t page_width = 96;
constexpr size_t help_at = 30;

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  return text;
}

/// A name in the left column, what it is in the right one.
std::string entry(const std::string& name, const std::string& text) {
  std::string result = "  " + name;
  const auto lines = wrapped(text, page_width - help_at);
  if (result.size() + 2 > help_at && !lines.empty()) result += "\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t used = i > 0 || result.ends_with('\n') ? 0 : result.size();
    result += std::string(help_at - used, ' ') + lines[i] + "\n";
  }
  return lines.empty() ? result + "\n" : result;
}

std::string option_help(const Option& option) {
  std::string text = option.about.help;
  if (const std::string usual = usual_text(option); !usual.empty())
    text += fmt::format(" (default: {})", usual);
  if (!option.about.excludes.empty()) text += fmt::format("; not with --{}", option.about.excludes);
  return text;
}

std::string group_help(const std::string& title, const OptionList& options, bool positional) {
  std::string text;
  for (const Option& option : options.all()) {
    if (option.group == (title == "Options" ? "" : title) && option.about.positional == positional)
      text += entry(flag_text(option), option_help(option));
  }
  return text;
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string value_text(const Option& option) {
  if (option.is_switch) return "";
  if (!option.about.value.empty()) return option.about.value;
  return fmt::format("{}", fmt::join(option.about.choices, "|"));
}

std::string usual_text(const Option& option) {
  if (!option.about.usual.empty()) return option.about.usual;
  if (option.is_switch || option.about.required) return "";
  const Config value = option.get();
  if (value.is_null()) return "";
  if (value.is_string()) return value.as_string();
  if (value.is_number() && !value.is_integer()) return fmt::format("{:g}", value.as_number());
  return value.to_string();
}

std::string flag_text(const Option& option) {
  if (option.about.positional) {
    const std::string word = option.about.value.empty() ? upper(option.name) : option.about.value;
    return option.takes_several ? word + "..." : word;
  }
  const std::string value = value_text(option);
  return option.flag() + (value.empty() ? "" : " " + value);
}

std::string usage_line(const Command& command, const OptionList& options) {
  std::string line = fmt::format("thaw {}", command.name);
  bool more = false;
  for (const Option& option : options.all()) {
    if (option.about.positional) {
      line += option.about.required ? " " + flag_text(option) : " [" + flag_text(option) + "]";
    } else if (option.about.required) {
      line += " " + flag_text(option);
    } else {
      more = true;
    }
  }
  return more ? line + " [options]" : line;
}

std::string command_help(const Command& command) {
  const auto call = command.make();
  OptionList options;
  call->describe(options);
  std::string text = fmt::format("thaw {}: {}\n\nUsage: {}\n", command.name, command.what,
                                 usage_line(command, options));
  if (!command.details.empty()) {
    text += "\n";
    for (const std::string& line : wrapped(std::string(command.details), page_width))
      text += line + "\n";
  }
  if (!command.example.empty()) text += fmt::format("\nExample:\n  {}\n", command.example);
  if (const std::string arguments = group_help("Options", options, true); !arguments.empty())
    text += "\nArguments:\n" + arguments;
  text += "\nOptions:\n" + group_help("Options", options, false) +
          entry("-h, --help", "this text, and nothing else is done");
  std::vector<std::string> titles;
  for (const Option& option : options.all()) {
    if (option.group.empty() || std::ranges::count(titles, option.group) > 0) continue;
    titles.push_back(option.group);
    text += fmt::format("\n{}:\n{}", option.group, group_help(option.group, options, false));
  }
  return text;
}

std::string program_help() {
  std::string text =
      "thaw: fine-tunes pretrained image classifiers.\n\nUsage: thaw COMMAND [options]\n\n"
      "Commands:\n";
  for (const Command* command : commands::all())
    text += entry(std::string(command->name), std::string(command->what));
  text += "\nOptions:\n" + entry("-h, --help", "this text") + entry("--version", "the version");
  text +=
      "\nWhat a command takes: thaw help COMMAND. To begin with, where photos holds one folder of "
      "images\na class:\n  thaw fit photos --out model.keras\n  thaw predict model.keras new.jpg\n";
  return text;
}

}  // namespace thaw::app
