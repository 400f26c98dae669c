#pragma once

#include <string>

namespace thaw {

/// Where a fit stands in a run of several: a stage of a recipe. Callbacks that write count epochs
/// over all of them.
struct FitPlace {
  std::string stage = {};  ///< its name; empty: it is alone
  int epochs_before = 0;   ///< of the fits before it
};

}  // namespace thaw
