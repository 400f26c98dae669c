#include "thaw/heads/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "heads/small_data.h"
#include "support/error_of.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"

namespace thaw {
namespace {

TEST(Logistic, classes_that_are_apart_are_fitted_and_stay_finite) {
  HeadData data = random_data(60, 6, 3, 1);
  for (int64_t i = 0; i < 60; ++i) data.features.data()[i * 6 + i % 3] += 40;
  data.folds = stratified_folds(data.labels, 3, 0);
  const LogisticFit fit = fit_logistic(data);
  EXPECT_TRUE(fit.converged);
  EXPECT_EQ(accuracy_of(fit.head.logits(data.features), data.labels), 1);
  for (const float value : fit.head.kernel.values()) ASSERT_TRUE(std::isfinite(value));
}

TEST(Logistic, at_its_minimum_the_mean_probability_of_a_class_is_its_share) {
  // The bias is not penalized, so its gradient, Σ s(p − y), is 0.
  HeadData data = random_data(50, 30, 3, 2);
  data.weights.assign(50, 1);
  for (size_t i = 0; i < 50; i += 3) data.weights[i] = 2.5;
  const LogisticFit fit = fit_logistic(data, {.penalties = {0.05}});
  const Tensor probabilities = softmax_of(fit.head.logits(data.features));
  std::vector<double> expected(3, 0);
  std::vector<double> received(3, 0);
  for (size_t i = 0; i < 50; ++i) {
    expected[static_cast<size_t>(data.labels[i])] += data.weights[i];
    for (size_t k = 0; k < 3; ++k)
      received[k] += data.weights[i] * probabilities.values()[i * 3 + k];
  }
  for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(expected[k], received[k], 1e-4);
}

TEST(Logistic, images_kept_out_are_not_known_to_any_fit_that_judges_them) {
  // Labels have nothing to do with the features; so many columns could learn them by heart.
  HeadData data = random_data(1100, 200, 2, 3);
  Random random(5);
  for (int64_t& label : data.labels) label = random.below(2);
  for (int64_t row = 0; row < 1100; ++row) {
    for (int64_t j = 0; j < 200; ++j) data.features.data()[row * 200 + j] = random.normal();
  }
  data.folds = stratified_folds(data.labels, 5, 0);
  const LogisticFit fit = fit_logistic(data, {.penalties = {0.001}, .tolerance = 1e-3});
  EXPECT_NEAR(accuracy_of(fit.out_of_fold, data.labels), 0.5, 0.06);
  const LogisticFit chosen = fit_logistic(data, {.tolerance = 1e-3});
  EXPECT_NEAR(accuracy_of(chosen.out_of_fold, data.labels), 0.5, 0.06);
}

TEST(Logistic, a_class_without_images_gets_no_probability) {
  HeadData data = random_data(40, 8, 2, 4);
  data.classes = 3;
  const LogisticFit fit = fit_logistic(data, {.penalties = {0.1}});
  const Tensor probabilities = softmax_of(fit.head.logits(data.features));
  for (size_t i = 0; i < 40; ++i) EXPECT_LT(probabilities.values()[i * 3 + 2], 0.01);
}

TEST(Logistic, features_that_say_nothing_leave_the_shares_of_the_classes) {
  HeadData data = random_data(40, 8, 2, 4);
  for (float& value : data.features.values()) value = 1;
  for (size_t i = 0; i < 30; ++i) data.labels[i] = 0;
  const LogisticFit fit = fit_logistic(data, {.penalties = {0.1}});
  EXPECT_NEAR(softmax_of(fit.head.logits(data.features)).values()[0], 0.875, 1e-6);
}

TEST(Logistic, without_folds_a_penalty_is_needed) {
  const HeadData data = random_data(10, 4, 2, 1);
  EXPECT_TRUE(testing::contains(testing::error_of<UsageError>([&] { fit_logistic(data); }),
                                "received neither"));
}

}  // namespace
}  // namespace thaw
