#pragma once

#include "thaw/core/error.h"

namespace thaw {

/// The machine, or what this process may have of it, has no memory left for what was asked.
class OutOfMemory : public Error {
 public:
  using Error::Error;
};

}  // namespace thaw
