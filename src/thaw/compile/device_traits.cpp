#include "thaw/compile/device_traits.h"

#include <algorithm>

namespace thaw {

bool fuses(const FusedActivations& kinds, const Activation& activation) {
  if (activation.kind == Activation::Kind::relu && !activation.is_simple_relu()) return false;
  return std::ranges::find(kinds, activation.kind) != kinds.end();
}

}  // namespace thaw
