#include "thaw/train/not_finite.h"

#include <bit>
#include <cstdint>

namespace thaw {

bool all_finite(std::span<const float> values) {
  // An exponent of ones alone. Without a branch, so that the compiler takes many at once: training
  // looks at every weight after every step.
  constexpr uint32_t exponent = 0x7F800000;
  uint32_t found = 0;
  for (const float value : values)
    found |= static_cast<uint32_t>((std::bit_cast<uint32_t>(value) & exponent) == exponent);
  return found == 0;
}

}  // namespace thaw
