#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "thaw/core/config.h"

namespace thaw {

/// The least and the most that a number may be, both included.
struct Range {
  double least = 0;
  double most = 0;
};

/// What a shell offers while the value is typed.
enum class Completes { nothing, file, folder, command, network };

/// What is said of an option beside its name and its place.
struct About {
  std::string help;
  /// What stands for the value in help: "N", "FILE"; empty: a switch, or the choices.
  std::string value = {};
  std::optional<Range> range = {};
  std::vector<std::string> choices = {};
  /// The word that leaves an optional value unset; empty: no word does.
  std::string unset = {};
  /// What holds unless the option is given, in words; empty: the default value itself, if it has
  /// one.
  std::string usual = {};
  bool required = false;
  bool positional = false;
  std::string excludes = {};  ///< the name of an option that cannot be given as well
  std::string needs = {};     ///< the name of an option without which this one says nothing
  /// Why an interrupted run may be resumed with another value. Empty: it may not, since the result
  /// depends on the value. So who adds an option and says nothing here is on the safe side.
  std::string may_change = {};
  /// What of this option is compared when a run is resumed, where that is not the value itself.
  std::string compared_as = {};
  Completes completes = Completes::nothing;
};

/// One option of a task or a command, described once. The flag, its help, the man page, the shells'
/// completions, the key of --resume and the settings in JSON are made from it.
struct Option {
  std::string name;  ///< "batch-size": --batch-size on the command line
  About about;
  std::string group;  ///< the title that it stands under in help; empty: that of all options
  bool is_switch = false;
  bool takes_several = false;
  /// Sets the place from text. Throws UsageError "--batch-size: expected …, received …".
  std::function<void(const std::string& text)> set;
  /// The place's value now: null where an optional one is unset and no word says so.
  std::function<Config()> get;

  /// As it is typed: "--batch-size", or "images" where it is positional.
  std::string flag() const { return about.positional ? name : "--" + name; }
  /// The name in JSON: "batch_size".
  std::string key() const;
};

/// The options of something, in the order of its help. It borrows the places that they set.
class OptionList {
 public:
  void add(std::string name, bool& place, About about);  ///< a switch: giving it sets it
  void add(std::string name, int& place, About about);
  void add(std::string name, int64_t& place, About about);
  void add(std::string name, uint64_t& place, About about);
  void add(std::string name, double& place, About about);
  void add(std::string name, std::string& place, About about);
  void add(std::string name, std::filesystem::path& place, About about);
  /// Positional: each word is one; else separated by commas.
  void add(std::string name, std::vector<std::string>& place, About about);
  void add(std::string name, std::optional<int>& place, About about);
  void add(std::string name, std::optional<std::string>& place, About about);

  /// A place of another type, which `read` makes of text (throwing UsageError with what it
  /// expected) and `write` puts into words.
  template <typename T>
  void add(const std::string& name, T& place, T (*read)(const std::string& text),
           std::string (*write)(const T& value), const About& about) {
    add_text(
        name, [&place, read](const std::string& text) { place = read(text); },
        [&place, write] { return Config(write(place)); }, about);
  }

  /// The same of a value that may be unset, which about.unset says.
  template <typename T>
  void add(const std::string& name, std::optional<T>& place, T (*read)(const std::string& text),
           std::string (*write)(const T& value), const About& about) {
    const std::string unset = about.unset;
    add_text(
        name,
        [&place, read, unset](const std::string& text) {
          place = !unset.empty() && text == unset ? std::nullopt : std::optional<T>(read(text));
        },
        [&place, write, unset] {
          if (place) return Config(write(*place));
          return unset.empty() ? Config() : Config(unset);
        },
        about);
  }

  /// One of several values by their names, which outlive the list.
  template <typename T, size_t count>
  void add(const std::string& name, T& place, const std::pair<const char*, T> (&named)[count],
           About about) {
    const std::span<const std::pair<const char*, T>> values(named);
    for (const auto& [word, value] : values) about.choices.emplace_back(word);
    add_text(
        name,
        [&place, values](const std::string& text) {
          for (const auto& [word, value] : values)
            if (text == word) place = value;
        },
        [&place, values] {
          for (const auto& [word, value] : values)
            if (place == value) return Config(word);
          return Config();
        },
        std::move(about));
  }

  /// The options added from here on stand under this title and say nothing without `needs`.
  void begin_group(std::string title, std::string needs = {});

  std::span<const Option> all() const { return options_; }
  /// nullptr when none is called so.
  const Option* find(std::string_view name) const;

  /// By flag, what the result depends on and is compared as it is: without the options that have a
  /// may_change or a compared_as.
  Config result_settings() const;
  /// Every option's value by key(): JSON for people and other programs.
  Config values() const;

 private:
  void add_text(std::string name, std::function<void(const std::string&)> set,
                std::function<Config()> get, About about);
  Option& append(std::string name, About about);

  std::vector<Option> options_;
  std::string group_;
  std::string needs_;
};

}  // namespace thaw
