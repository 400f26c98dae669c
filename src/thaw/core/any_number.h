#pragma once

#include "thaw/core/config.h"

namespace thaw {

/// A number that may be none of JSON's, to its last bit: then it is a word.
struct AnyNumber {
  double value = 0;

  /// Throws Error on another word than nan, inf and -inf.
  static AnyNumber from_config(const Config& config);
  Config to_config() const;
};

}  // namespace thaw
