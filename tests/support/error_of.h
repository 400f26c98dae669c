#pragma once

#include <string>

#include "thaw/core/error.h"

namespace thaw::testing {

/// The message of the Kind of Error that `body` ends in; empty when it ends in none.
template <typename Kind = Error, typename Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const Kind& error) {
    return error.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace thaw::testing
