#include "thaw/task/option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/choice.h"

namespace thaw {
namespace {

[[noreturn]] void reject(const Option& option, const std::string& expected,
                         const std::string& text) {
  throw UsageError(fmt::format("{}: expected {}, received \"{}\"", option.flag(), expected, text));
}

template <typename T>
std::string expected_number(const About& about) {
  const std::string kind = std::is_integral_v<T> ? "a whole number" : "a number";
  if (!about.range) return std::is_unsigned_v<T> ? kind + " of at least 0" : kind;
  if (std::isinf(about.range->most))
    return fmt::format("{} of at least {:g}", kind, about.range->least);
  if constexpr (std::is_integral_v<T>) {
    return fmt::format("{} from {} to {}", kind, static_cast<int64_t>(about.range->least),
                       static_cast<int64_t>(about.range->most));
  }
  return fmt::format("{} from {:g} to {:g}", kind, about.range->least, about.range->most);
}

template <typename T>
T number_from(const Option& option, const std::string& text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto& range = option.about.range;
  const bool fits = failure == std::errc() && end == text.data() + text.size() &&
                    std::isfinite(static_cast<double>(value)) &&
                    (!range || (static_cast<double>(value) >= range->least &&
                                static_cast<double>(value) <= range->most));
  if (!fits) reject(option, expected_number<T>(option.about), text);
  return value;
}

void check_choice(const Option& option, const std::string& text) {
  const auto& choices = option.about.choices;
  if (choices.empty() || std::ranges::find(choices, text) != choices.end()) return;
  reject(option, fmt::format("{}", fmt::join(choices, ", ")), text);
}

/// A copy of what number_from() needs, so that it outlives the list's moves.
template <typename T>
void add_number(Option& option, T& place) {
  const Option words{.name = option.name, .about = option.about, .group = {}, .set = {}, .get = {}};
  option.set = [&place, words](const std::string& text) { place = number_from<T>(words, text); };
  option.get = [&place] {
    using Number = std::conditional_t<std::is_integral_v<T>, int64_t, T>;
    return Config(static_cast<Number>(place));
  };
}

}  // namespace

std::string Option::key() const {
  std::string result = name;
  std::ranges::replace(result, '-', '_');
  return result;
}

Option& OptionList::append(std::string name, About about) {
  if (about.needs.empty()) about.needs = needs_;
  options_.push_back(Option{
      .name = std::move(name), .about = std::move(about), .group = group_, .set = {}, .get = {}});
  return options_.back();
}

void OptionList::add(std::string name, bool& place, About about) {
  Option& option = append(std::move(name), std::move(about));
  option.is_switch = true;
  option.set = [&place](const std::string&) { place = true; };
  option.get = [&place] { return Config(place); };
}

void OptionList::add(std::string name, int& place, About about) {
  add_number(append(std::move(name), std::move(about)), place);
}
void OptionList::add(std::string name, int64_t& place, About about) {
  add_number(append(std::move(name), std::move(about)), place);
}
void OptionList::add(std::string name, uint64_t& place, About about) {
  add_number(append(std::move(name), std::move(about)), place);
}
void OptionList::add(std::string name, double& place, About about) {
  add_number(append(std::move(name), std::move(about)), place);
}

void OptionList::add(std::string name, std::string& place, About about) {
  add_text(
      std::move(name), [&place](const std::string& text) { place = text; },
      [&place] { return Config(place); }, std::move(about));
}

void OptionList::add(std::string name, std::filesystem::path& place, About about) {
  add_text(
      std::move(name), [&place](const std::string& text) { place = text; },
      [&place] { return Config(place.string()); }, std::move(about));
}

void OptionList::add(std::string name, std::vector<std::string>& place, About about) {
  const bool several = about.positional;
  Option& option = append(std::move(name), std::move(about));
  option.takes_several = several;
  option.set = [&place, several](const std::string& text) {
    if (several) {
      place.push_back(text);
    } else {
      place = split_choices(text);
    }
  };
  option.get = [&place] { return Config(fmt::format("{}", fmt::join(place, ","))); };
}

void OptionList::add(std::string name, std::optional<int>& place, About about) {
  Option& option = append(std::move(name), std::move(about));
  const Option words{.name = option.name, .about = option.about, .group = {}, .set = {}, .get = {}};
  option.set = [&place, words](const std::string& text) { place = number_from<int>(words, text); };
  option.get = [&place] { return place ? Config(*place) : Config(); };
}

void OptionList::add(std::string name, std::optional<std::string>& place, About about) {
  const std::string unset = about.unset;
  add_text(
      std::move(name),
      [&place, unset](const std::string& text) {
        place = text == unset && !unset.empty() ? std::nullopt : std::optional(text);
      },
      [&place, unset] {
        if (place) return Config(*place);
        return unset.empty() ? Config() : Config(unset);
      },
      std::move(about));
}

void OptionList::add_text(std::string name, std::function<void(const std::string&)> set,
                          std::function<Config()> get, About about) {
  Option& option = append(std::move(name), std::move(about));
  const Option words{.name = option.name, .about = option.about, .group = {}, .set = {}, .get = {}};
  option.set = [words, set = std::move(set)](const std::string& text) {
    check_choice(words, text);
    with_context(words.flag(), [&] { set(text); });
  };
  option.get = std::move(get);
}

void OptionList::begin_group(std::string title, std::string needs) {
  group_ = std::move(title);
  needs_ = std::move(needs);
}

const Option* OptionList::find(std::string_view name) const {
  const auto found = std::ranges::find(options_, name, &Option::name);
  return found == options_.end() ? nullptr : &*found;
}

Config OptionList::result_settings() const {
  Config result{Config::Map{}};
  for (const Option& option : options_)
    if (option.about.may_change.empty() && option.about.compared_as.empty())
      result.set(option.flag(), option.get());
  return result;
}

Config OptionList::values() const {
  Config result{Config::Map{}};
  for (const Option& option : options_) result.set(option.key(), option.get());
  return result;
}

}  // namespace thaw
