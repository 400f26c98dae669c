#include "thaw/app/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "thaw/app/help_text.h"
#include "thaw/core/error.h"

namespace thaw::app {
namespace {

CLI::Option* add(CLI::App& app, const Option& option) {
  const auto set = option.set;
  if (option.is_switch) {
    return app.add_flag_function(option.flag(), [set](int64_t) { set(""); });
  }
  if (option.takes_several) {
    return app.add_option_function<std::vector<std::string>>(
        option.flag(), [set](const std::vector<std::string>& values) {
          for (const std::string& value : values) set(value);
        });
  }
  CLI::Option* added = app.add_option_function<std::string>(option.flag(), set);
  if (!option.about.positional) added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  return added;
}

/// What the library says of these in words of its own.
void check_complete(const CLI::App& app, const OptionList& options,
                    const std::map<std::string, CLI::Option*>& added) {
  if (const auto extra = app.remaining(); !extra.empty()) {
    const bool is_flag = extra.front().starts_with('-');
    throw UsageError(fmt::format("expected {}, received \"{}\"",
                                 is_flag ? "a flag that it knows" : "no more arguments",
                                 extra.front()));
  }
  for (const Option& option : options.all()) {
    if (option.about.required && added.at(option.name)->count() == 0)
      throw UsageError(
          fmt::format("expected {}, received none: {}", flag_text(option), option.about.help));
  }
}

}  // namespace

Asked parse_arguments(const OptionList& options, std::span<const char* const> arguments) {
  CLI::App app;
  app.allow_extras();
  std::map<std::string, CLI::Option*> added;
  for (const Option& option : options.all()) added[option.name] = add(app, option);
  for (const Option& option : options.all()) {
    CLI::Option* here = added[option.name];
    if (const std::string value = value_text(option); !value.empty()) here->type_name(value);
    if (!option.about.excludes.empty()) here->excludes(added.at(option.about.excludes));
    if (!option.about.needs.empty()) here->needs(added.at(option.about.needs));
  }
  // The library takes arguments in reverse.
  std::vector<std::string> words(arguments.rbegin(), arguments.rend());
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    return Asked::help;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  check_complete(app, options, added);
  return Asked::run;
}

}  // namespace thaw::app
