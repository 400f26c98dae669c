#include "thaw/core/tensor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"

namespace thaw {
namespace {

TEST(Tensor, copies_share_and_clones_do_not) {
  Tensor a = Tensor::full({2, 3}, 1.0F);
  Tensor copy = a;
  const Tensor clone = a.clone();
  copy.data()[0] = 5.0F;
  EXPECT_EQ(a.data()[0], 5.0F);
  EXPECT_EQ(clone.data()[0], 1.0F);
}

TEST(Tensor, is_aligned_to_a_cache_line) {
  for (const int64_t size : {1, 3, 17, 1000})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Tensor(Shape{size}).data()) % 64, 0U);
}

TEST(Tensor, of_many_pages_is_there_from_its_first_value_to_its_last) {
  for (const int64_t size : {(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 19) + 7}) {
    const Tensor a = Tensor::full({size}, 2.0F);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(a.data()) % 64, 0U);
    EXPECT_EQ(a.values().front() + a.values().back(), 4.0F);
  }
}

TEST(Tensor, rows_are_a_view) {
  const std::vector<float> values = {0, 1, 2, 3, 4, 5};
  Tensor a = Tensor::from({3, 2}, values);
  Tensor middle = a.rows(1, 1);
  EXPECT_EQ(middle.shape(), (Shape{1, 2}));
  EXPECT_EQ(middle.values()[1], 3.0F);
  middle.values()[0] = 9.0F;
  EXPECT_EQ(a.values()[2], 9.0F);
}

TEST(Tensor, refuses_rows_that_it_has_not) {
  const Tensor a = Tensor::zeros({3, 2});
  EXPECT_EQ(a.rows(3, 0).shape(), (Shape{0, 2}));
  EXPECT_THROW((void)a.rows(-1, 1), UsageError);
  EXPECT_THROW((void)a.rows(0, -1), UsageError);
  EXPECT_THROW((void)a.rows(4, 0), UsageError);
  EXPECT_THROW((void)a.rows(1, std::numeric_limits<int64_t>::max()), UsageError);
  EXPECT_THROW((void)Tensor().rows(0, 1), UsageError);
  EXPECT_THROW((void)Tensor::zeros({}).rows(0, 1), UsageError);
  try {
    (void)a.rows(2, 2);
    ADD_FAILURE() << "rows 2 and 3 of 3 were given";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "expected rows within the 3 of shape (3, 2), received 2 from row 2");
  }
}

TEST(Tensor, outlives_the_tensor_it_is_a_view_of) {
  Tensor rows;
  {
    const Tensor whole = Tensor::full({4, 2}, 3.0F);
    rows = whole.rows(2, 2);
  }
  EXPECT_EQ(rows.values()[3], 3.0F);
}

TEST(Tensor, refuses_another_number_of_elements) {
  const std::vector<float> values = {1, 2, 3};
  EXPECT_THROW((void)Tensor::from({2, 2}, values), Error);
  EXPECT_THROW((void)Tensor::zeros({2, 2}).reshaped({3}), Error);
  EXPECT_EQ(Tensor::zeros({2, 2}).reshaped({4}).shape(), (Shape{4}));
}

TEST(Variable, is_made_when_first_looked_at) {
  int made = 0;
  Variable variable("kernel", {2}, true, [&](uint64_t seed) {
    ++made;
    return Tensor::full({2}, static_cast<float>(seed));
  });
  variable.set_seed(4);
  EXPECT_EQ(made, 0);
  EXPECT_EQ(variable.value().values()[0], 4.0F);
  variable.set_seed(5);
  EXPECT_EQ(variable.value().values()[0], 4.0F);
  variable.reset(6);
  EXPECT_EQ(variable.value().values()[0], 6.0F);
  EXPECT_EQ(made, 2);
}

TEST(Variable, refuses_a_value_of_another_shape) {
  Variable variable("kernel", {2, 3}, true, [](uint64_t) { return Tensor::zeros({2, 3}); });
  EXPECT_THROW(variable.assign(Tensor::zeros({3, 2})), Error);
  const Tensor value = Tensor::full({2, 3}, 7.0F);
  variable.assign(value);
  EXPECT_EQ(variable.value().values()[5], 7.0F);
  EXPECT_NE(variable.value().data(), value.data());
}

}  // namespace
}  // namespace thaw
