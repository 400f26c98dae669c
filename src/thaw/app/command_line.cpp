#include "thaw/app/command_line.h"

#include <CLI/CLI.hpp>
#include <map>

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

}  // namespace

Asked parse_arguments(const OptionList& options, std::span<const char* const> arguments) {
  CLI::App app;
  std::map<std::string, CLI::Option*> added;
  for (const Option& option : options.all()) added[option.name] = add(app, option);
  for (const Option& option : options.all()) {
    CLI::Option* here = added[option.name];
    here->required(option.about.required);
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
  return Asked::run;
}

}  // namespace thaw::app
