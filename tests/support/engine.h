#pragma once

#include "thaw/runtime/engine.h"

namespace thaw::testing {

/// One for all cases of a test program: as many threads as it may run on, in float32.
inline Engine& engine() {
  static Engine one;
  return one;
}

}  // namespace thaw::testing
