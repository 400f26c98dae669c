#include "thaw/core/shape.h"

#include <gtest/gtest.h>

#include "thaw/core/error.h"

namespace thaw {
namespace {

TEST(Shape, prints_as_keras_does) {
  EXPECT_EQ((Shape{224, 224, 3}).to_string(), "(224, 224, 3)");
  EXPECT_EQ((Shape{6}).to_string(), "(6,)");
  EXPECT_EQ(Shape{}.to_string(), "()");
}

TEST(Shape, refuses_a_product_that_would_overflow) {
  EXPECT_THROW((void)(Shape{int64_t{1} << 40, int64_t{1} << 40}).elements(), Error);
  EXPECT_THROW((void)(Shape{-1, 3}).elements(), Error);
  EXPECT_EQ((Shape{0, int64_t{1} << 40}).elements(), 0);
}

}  // namespace
}  // namespace thaw
