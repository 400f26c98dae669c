#pragma once

#include <span>

#include "thaw/core/error.h"

namespace thaw {

/// A loss or a weight became infinite or not a number: nothing is learned from there on, and the
/// weights are lost. What it was, and at which step, is in the message.
class NotFinite : public Error {
 public:
  using Error::Error;
};

/// Whether none of the values is infinite or not a number.
bool all_finite(std::span<const float> values);

}  // namespace thaw
