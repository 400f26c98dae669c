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

TEST(Shape, counts_negative_axes_from_the_end) {
  const Shape shape{224, 160, 3};
  EXPECT_EQ(shape[0], 224);
  EXPECT_EQ(shape[-1], 3);
  EXPECT_EQ(shape[-3], 224);
  EXPECT_EQ(shape.last(), 3);
}

TEST(Shape, gains_and_loses_a_batch_axis) {
  const Shape image{224, 160, 3};
  EXPECT_EQ(image.with_batch(32), (Shape{32, 224, 160, 3}));
  EXPECT_EQ(image.with_batch(32).without_batch(), image);
  EXPECT_EQ(Shape{}.with_batch(2), Shape{2});
  EXPECT_EQ(image.with_last(1), (Shape{224, 160, 1}));
}

TEST(Shape, refuses_a_product_that_would_overflow) {
  EXPECT_THROW((void)(Shape{int64_t{1} << 40, int64_t{1} << 40}).elements(), Error);
  EXPECT_THROW((void)(Shape{-1, 3}).elements(), Error);
  EXPECT_EQ((Shape{0, int64_t{1} << 40}).elements(), 0);
}

}  // namespace
}  // namespace thaw
