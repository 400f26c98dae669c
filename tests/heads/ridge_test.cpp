#include "thaw/heads/ridge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "heads/small_data.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/seed.h"
#include "thaw/heads/algebra/problem.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"

namespace thaw {
namespace {

/// What image `left` gets from a head fitted with its weight 0, the columns being standardized as
/// with all images: leaving it out by doing it.
Tensor without(const HeadData& data, int64_t left, double penalty) {
  const algebra::Problem problem(data);
  std::vector<int64_t> others;
  for (int64_t row = 0; row < problem.rows().rows(); ++row) {
    if (row % data.images() != left) others.push_back(row);
  }
  const algebra::Moments moments(problem.rows(), problem.weights(), problem.labels(), data.classes,
                                 others);
  const algebra::Matrix row = problem.rows().row(left);
  return algebra::tensor_of(moments.fit(penalty)(row));
}

void expect_brute_force(const HeadData& data, double penalty) {
  const RidgeFit fit = fit_ridge(data, {.penalties = {penalty}});
  for (int64_t image = 0; image < data.images(); ++image) {
    const auto apart =
        testing::difference(without(data, image, penalty), fit.leave_one_out.rows(image, 1));
    EXPECT_LE(apart.relative_to_one(), 2e-6) << image << ": " << apart.to_string();
  }
}

TEST(Ridge, leaving_one_out_is_fitting_without_it) {
  const unsigned seed = testing::seed_of_run();
  Random random(seed);
  for (const int64_t columns : {5, 40}) {
    for (const int64_t views : {1, 2}) {
      HeadData data = random_data(20, columns, 3, seed, views);
      expect_brute_force(data, 0.1);
      for (int64_t i = 0; i < data.images(); ++i) data.weights.push_back(random.uniform(0.1F, 3));
      data.weights[4] = 0;
      data.balanced = true;
      expect_brute_force(data, 0.5);
    }
  }
}

TEST(Ridge, out_of_fold_is_fitting_without_the_fold) {
  HeadData data = random_data(24, 30, 3, 5);
  for (int64_t i = 0; i < data.images(); ++i) data.folds.push_back(static_cast<int>(i));
  // With a fold an image, it is leaving one out.
  const auto apart = testing::difference(fit_ridge(data, {.penalties = {0.2}}).leave_one_out,
                                         ridge_out_of_fold(data, 0.2));
  EXPECT_LE(apart.relative_to_one(), 2e-6) << apart.to_string();
}

TEST(Ridge, more_columns_than_images_and_fewer_give_the_same_head) {
  // Columns of zeros change nothing but which of the two ways is taken.
  const HeadData few = random_data(20, 12, 4, 3);
  HeadData many = few;
  many.features = Tensor::zeros({20, 30});
  for (int64_t i = 0; i < 20; ++i) {
    for (int64_t j = 0; j < 12; ++j)
      many.features.data()[i * 30 + j] = few.features.data()[i * 12 + j];
  }
  many.groups.push_back({.columns = 18});
  const Tensor expected = fit_ridge(few, {.penalties = {0.3}}).head.logits(few.features);
  const Tensor received = fit_ridge(many, {.penalties = {0.3}}).head.logits(many.features);
  EXPECT_LE(testing::difference(expected, received).relative_to_one(), 1e-6);
  // Here columns count that differ, so there are more of them than images.
  HeadData twice = few;
  twice.features = Tensor({20, 24});
  twice.groups.clear();
  for (const FeatureGroup& group : few.groups) twice.groups.push_back(group);
  for (const FeatureGroup& group : few.groups) twice.groups.push_back(group);
  for (FeatureGroup& group : twice.groups) group.weight /= std::sqrt(2);
  for (int64_t i = 0; i < 20; ++i) {
    for (int64_t j = 0; j < 24; ++j)
      twice.features.data()[i * 24 + j] = few.features.data()[i * 12 + j % 12];
  }
  const Tensor dual = fit_ridge(twice, {.penalties = {0.3}}).head.logits(twice.features);
  EXPECT_LE(testing::difference(expected, dual).relative_to_one(), 2e-6);
}

TEST(Ridge, one_image_a_class_two_equal_images_and_constant_columns_are_fitted) {
  HeadData data = random_data(3, 8, 3, 1);
  RidgeFit fit = fit_ridge(data);
  EXPECT_EQ(accuracy_of(fit.head.logits(data.features), data.labels), 1);
  for (const float value : fit.leave_one_out.values()) EXPECT_TRUE(std::isfinite(value));
  for (float& value : data.features.values()) value = 3;
  fit = fit_ridge(data);
  for (const float value : fit.head.kernel.values()) EXPECT_EQ(value, 0);
  for (const float value : fit.head.bias.values()) EXPECT_NEAR(value, 1.0 / 3, 1e-6);
  data = random_data(1, 4, 2, 1);
  fit = fit_ridge(data);
  EXPECT_NEAR(fit.head.bias.values()[0], 1, 1e-6);
  for (const float value : fit.leave_one_out.values()) EXPECT_EQ(value, 0);
}

TEST(Ridge, the_unit_of_a_group_does_not_matter) {
  const HeadData data = random_data(30, 12, 3, 8);
  HeadData scaled = data;
  scaled.features = data.features.clone();
  for (int64_t i = 0; i < 30; ++i) {
    for (int64_t j = 0; j < 12; ++j) scaled.features.data()[i * 12 + j] *= j < 6 ? 1e6F : 1e-6F;
  }
  const Tensor expected = fit_ridge(data, {.penalties = {0.1}}).head.logits(data.features);
  const Tensor received = fit_ridge(scaled, {.penalties = {0.1}}).head.logits(scaled.features);
  EXPECT_LE(testing::difference(expected, received).relative_to_one(), 1e-5);
}

TEST(Ridge, columns_of_very_different_size_in_one_group_leave_it_finite) {
  HeadData data = random_data(40, 10, 2, 4);
  for (int64_t i = 0; i < 40; ++i) {
    data.features.data()[i * 10] *= 1e6F;
    data.features.data()[i * 10 + 1] *= 1e-6F;
    data.features.data()[i * 10 + 2] += 1e6F;
  }
  const RidgeFit fit = fit_ridge(data);
  for (const float value : fit.head.kernel.values()) ASSERT_TRUE(std::isfinite(value));
  EXPECT_GE(accuracy_of(fit.head.logits(data.features), data.labels), 0.8);
}

TEST(Ridge, an_image_of_weight_0_changes_nothing_and_is_judged) {
  HeadData data = random_data(21, 9, 3, 2);
  data.weights.assign(21, 1);
  data.weights[20] = 0;
  HeadData less = data;
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < 20; ++i) rows.push_back(i);
  less = rows_of(data, rows);
  const RidgeFit with = fit_ridge(data, {.penalties = {0.1}});
  const Tensor expected = fit_ridge(less, {.penalties = {0.1}}).head.logits(data.features);
  const Tensor received = with.head.logits(data.features);
  EXPECT_LE(testing::difference(expected, received).relative_to_one(), 1e-6);
  EXPECT_LE(
      testing::difference(received.rows(20, 1), with.leave_one_out.rows(20, 1)).relative_to_one(),
      1e-6);
}

TEST(Ridge, a_thousand_classes_are_fitted) {
  const HeadData data = random_data(1500, 300, 1000, 6);
  const RidgeFit fit = fit_ridge(data, {.penalties = {0.1}});
  EXPECT_GE(accuracy_of(fit.head.logits(data.features), data.labels), 0.2);
}

TEST(Ridge, a_penalty_of_next_to_nothing_is_refused_or_gives_numbers) {
  for (const int64_t columns : {6, 40}) {
    HeadData data = random_data(12, columns, 2, 1);
    for (int64_t j = 0; j < columns; ++j)  // two equal images
      data.features.data()[columns + j] = data.features.data()[j];
    const std::string error = testing::error_of([&] {
      const RidgeFit fit = fit_ridge(data, {.penalties = {1e-30}});
      for (const float value : fit.head.kernel.values()) EXPECT_TRUE(std::isfinite(value));
    });
    EXPECT_TRUE(error.empty() || testing::contains(error, "use a larger one")) << error;
  }
}

TEST(Ridge, penalties_that_are_none_are_refused) {
  const HeadData data = random_data(6, 4, 2, 1);
  EXPECT_TRUE(testing::contains(
      testing::error_of<UsageError>([&] { fit_ridge(data, {.penalties = {0}}); }), "above 0"));
  EXPECT_TRUE(testing::contains(testing::error_of<UsageError>([&] { ridge_out_of_fold(data, 1); }),
                                "expected folds"));
}

}  // namespace
}  // namespace thaw
