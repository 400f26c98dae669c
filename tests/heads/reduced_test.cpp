#include "thaw/heads/algebra/reduced.h"

#include <gtest/gtest.h>

#include "heads/small_data.h"
#include "support/golden_file.h"

namespace thaw::algebra {
namespace {

struct Made {
  explicit Made(const HeadData& data, int64_t most)
      : weights(row_weights(data)),
        standard(standard_of(data, weights)),
        reduced(data, standard, weights, most) {}

  /// The standardized rows themselves.
  Matrix rows_of(const HeadData& data) const {
    Matrix z = matrix_of(data.features).rowwise() - standard.mean.transpose();
    return z * standard.factor.asDiagonal();
  }

  Vector weights;
  Standard standard;
  Reduced reduced;
};

/// A head of any kernel gives on raw features what the kernel gives on reduced rows.
void expect_same_logits(const HeadData& data, const Reduced& reduced) {
  const Eigen::Index dimensions = reduced.rows().cols();
  const Matrix kernel = matrix_of(uniform_tensor({dimensions, 3}, -1, 1, Random(3)));
  const Vector bias = Vector::LinSpaced(3, -1, 1);
  const Tensor expected = tensor_of(Matrix((reduced.rows() * kernel).rowwise() + bias.transpose()));
  const Tensor received = reduced.head_of(kernel, bias).logits(data.features);
  const auto apart = testing::difference(expected, received);
  EXPECT_LE(apart.relative_to_one(), 1e-5) << apart.to_string();
}

TEST(Reduced, each_group_has_rows_of_the_mean_square_that_its_weight_says) {
  const HeadData data = random_data(50, 12, 3, 1);
  const Matrix z = Made(data, 100).rows_of(data);
  EXPECT_NEAR(z.leftCols(6).squaredNorm() / 50, 1.5 * 1.5, 1e-9);
  EXPECT_NEAR(z.rightCols(6).squaredNorm() / 50, 1, 1e-9);
}

TEST(Reduced, inner_products_are_kept_in_no_more_columns_than_rows) {
  for (const int64_t columns : {10, 70}) {
    const HeadData data = random_data(40, columns, 3, 2);
    const Made made(data, 100);
    EXPECT_EQ(made.reduced.rows().cols(), std::min<int64_t>(40, columns));
    const Matrix z = made.rows_of(data);
    const Matrix& rows = made.reduced.rows();
    EXPECT_LE((rows * rows.transpose() - z * z.transpose()).cwiseAbs().maxCoeff(), 1e-8);
    expect_same_logits(data, made.reduced);
  }
}

TEST(Reduced, of_too_many_rows_some_keep_their_inner_products_with_all) {
  HeadData data = random_data(40, 70, 3, 2);
  data.weights.assign(40, 1);
  for (size_t i = 0; i < 10; ++i) data.weights[i] = 0;
  const Made made(data, 20);
  EXPECT_EQ(made.reduced.rows().cols(), 20);
  const Matrix z = made.rows_of(data);
  const Matrix& rows = made.reduced.rows();
  int kept = 0;
  for (Eigen::Index i = 0; i < 40; ++i) {
    const double whole = z.row(i).squaredNorm();
    EXPECT_LE(rows.row(i).squaredNorm(), whole + 1e-8);
    if (rows.row(i).squaredNorm() < whole - 1e-6) continue;
    ++kept;
    EXPECT_GE(i, 10) << "an image of weight 0 stands for others";
    EXPECT_LE((rows * rows.row(i).transpose() - z * z.row(i).transpose()).cwiseAbs().maxCoeff(),
              1e-8);
  }
  EXPECT_EQ(kept, 20);
  expect_same_logits(data, made.reduced);
}

}  // namespace
}  // namespace thaw::algebra
