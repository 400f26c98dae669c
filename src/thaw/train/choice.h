#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"

namespace thaw {

/// A row of a table with the options it is to have: "f1_score@average=macro,threshold=0.5".
struct Choice {
  std::string name;
  Config options{Config::Map{}};  ///< a map, by the options' names

  /// The text that it is read from.
  std::string to_string() const;
  bool operator==(const Choice&) const = default;
};

/// NAME or NAME@OPTION=VALUE,OPTION=VALUE. A value is true, false, a number or else a word. Throws
/// UsageError when an option has no value or is given twice.
Choice parse_choice(std::string_view text);

/// The parts of a list with commas, each in the form of parse_choice():
/// "auc@curve=PR,num_thresholds=100,accuracy" are two.
std::vector<std::string> split_choices(std::string_view text);

}  // namespace thaw
