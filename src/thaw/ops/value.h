#pragma once

#include <compare>

namespace thaw::ops {

/// Names one node's result in its graph; index −1: none.
struct Value {
  int index = -1;
  auto operator<=>(const Value&) const = default;
};

}  // namespace thaw::ops
