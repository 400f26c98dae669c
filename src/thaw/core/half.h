#pragma once

#include <cstdint>

namespace thaw {

/// IEEE 754 binary16, "half": 1 sign, 5 exponent and 10 fraction bits. To the nearest, ties to
/// even; beyond ±65504 an infinity, below 2⁻²⁵ zero.
uint16_t half_from_float(float value);
/// Exact.
float float_from_half(uint16_t bits);
/// bfloat16: the upper half of a float. Exact.
float float_from_bfloat16(uint16_t bits);

/// The largest finite half.
constexpr float largest_half = 65504.0F;

}  // namespace thaw
