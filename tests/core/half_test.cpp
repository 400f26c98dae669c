#include "thaw/core/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace thaw {
namespace {

TEST(Half, every_one_is_the_half_of_its_float) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = float_from_half(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(float_from_half(half_from_float(value))));
    } else {
      EXPECT_EQ(half_from_float(value), half) << value;
    }
  }
}

/// Between each half and the next: to the nearer, from the middle to the one that ends in 0.
TEST(Half, is_the_nearest_with_ties_to_even) {
  for (uint16_t half = 0; half < 0x7BFF; ++half) {
    const auto next = static_cast<uint16_t>(half + 1);
    const float low = float_from_half(half);
    const float high = float_from_half(next);
    const float middle = (low + high) / 2;  // exact: a float has 13 bits more
    EXPECT_EQ(half_from_float(middle), half % 2 == 0 ? half : next) << middle;
    EXPECT_EQ(half_from_float(std::nextafter(middle, low)), half) << middle;
    EXPECT_EQ(half_from_float(std::nextafter(middle, high)), next) << middle;
  }
}

TEST(Half, has_signs_infinities_and_an_end) {
  EXPECT_EQ(half_from_float(-0.0F), 0x8000);
  EXPECT_EQ(half_from_float(-1.0F), 0xBC00);
  EXPECT_EQ(half_from_float(largest_half), 0x7BFF);
  EXPECT_EQ(half_from_float(65519.9F), 0x7BFF);
  EXPECT_EQ(half_from_float(65520.0F), 0x7C00);
  EXPECT_EQ(half_from_float(-INFINITY), 0xFC00);
  EXPECT_EQ(half_from_float(0x1p-25F), 0);
}

TEST(BFloat16, is_the_upper_half_of_a_float) {
  EXPECT_EQ(float_from_bfloat16(0x3F80), 1.0F);
  EXPECT_EQ(float_from_bfloat16(0xC049), -3.140625F);
}

}  // namespace
}  // namespace thaw
