#include "thaw/core/half.h"

#include <bit>
#include <cmath>

namespace thaw {
namespace {

constexpr uint32_t infinity = 0x7C00;
constexpr int fraction_bits = 10;
constexpr int smallest_exponent = -14;

}  // namespace

uint16_t half_from_float(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000;
  const float size = std::abs(value);
  if (std::isnan(value)) return static_cast<uint16_t>(sign | infinity | 0x200);
  // 65520 is half way to the next number that there would be.
  if (size >= 65520.0F) return static_cast<uint16_t>(sign | infinity);
  int exponent = smallest_exponent;
  if (size >= 0x1p-14F) exponent = std::ilogb(size);
  // A multiple of the last place; below 2^11 it is exact, and nearbyint() rounds ties to even.
  const auto places =
      static_cast<uint32_t>(std::nearbyint(std::ldexp(size, fraction_bits - exponent)));
  // Subnormal numbers lack the leading one; rounding up may carry into the exponent, as it should.
  const auto above = static_cast<uint32_t>(exponent - smallest_exponent) << fraction_bits;
  return static_cast<uint16_t>(sign | (above + places));
}

float float_from_half(uint16_t bits) {
  const bool is_negative = (bits & 0x8000U) != 0;
  const int exponent = bits >> fraction_bits & 0x1F;
  const int fraction = bits & 0x3FF;
  float size = 0;
  if (exponent == 0x1F) {
    size = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    size = std::ldexp(static_cast<float>(fraction), smallest_exponent - fraction_bits);
  } else {
    size = std::ldexp(static_cast<float>(fraction + 0x400),
                      exponent - 1 + smallest_exponent - fraction_bits);
  }
  return is_negative ? -size : size;
}

float float_from_bfloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

}  // namespace thaw
