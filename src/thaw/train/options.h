#pragma once

// What a struct with fields() can be asked beside core/fields.h: the losses, metrics, optimizers
// and callbacks name their options there, once, and reading, writing, help and errors follow.

#include <algorithm>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/fields.h"

namespace thaw {

/// An option of Keras's that has one value here: it is written, and nothing else can be read.
struct Only {
  Config value;
};

inline void read(const Config& config, Only& field) {
  const bool is_same = config == field.value || (config.is_number() && field.value.is_number() &&
                                                 config.as_number() == field.value.as_number());
  if (!is_same) throw Error(config.to_string() + " is not supported");
}

inline Config write(const Only& field) { return field.value; }

template <typename T>
std::vector<std::string> option_names() {
  return fields::names(T{});
}

/// The options that are not what T has by itself.
template <typename T>
Config changed_options(const T& value) {
  const Config usual = fields::config_of(T{});
  const Config all = fields::config_of(value);
  Config result(Config::Map{});
  for (const auto& [key, option] : all.as_map())
    if (option != usual.at(key)) result.set(key, option);
  return result;
}

/// Throws UsageError on an option that T does not have, listing those it has, or on a value of a
/// wrong kind.
template <typename T>
T read_options(const Config& options) {
  T result;
  if (option_names<T>().empty() && !options.as_map().empty())
    throw UsageError("expected no options, received \"" + options.as_map()[0].first + "\"");
  try {
    fields::read_known(options, result);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return result;
}

/// Options by name out of Keras's config: what `known` names and is not null. The rest must be
/// switched off, or say what makes no difference; else throws Error.
Config options_in(const Config& config, const std::vector<std::string>& known);

}  // namespace thaw
