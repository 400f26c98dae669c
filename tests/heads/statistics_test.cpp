// Folds, intervals, calibration's limits, means of heads, the learning curve.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "heads/small_data.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/seed.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"
#include "thaw/heads/intervals.h"
#include "thaw/heads/learning_curve.h"
#include "thaw/heads/linear_head.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

TEST(Folds, classes_are_dealt_out_evenly) {
  const unsigned seed = testing::seed_of_run();
  Random random(seed);
  std::vector<int64_t> labels;
  for (int i = 0; i < 103; ++i) labels.push_back(random.below(4));
  const std::vector<int> folds = stratified_folds(labels, 5, seed);
  EXPECT_EQ(folds, stratified_folds(labels, 5, seed));
  std::map<std::pair<int64_t, int>, int> count;
  std::map<int, int> all;
  for (size_t i = 0; i < labels.size(); ++i) {
    ++count[{labels[i], folds[i]}];
    ++all[folds[i]];
  }
  for (int64_t label = 0; label < 4; ++label) {
    int least = 1000;
    int most = 0;
    for (int fold = 0; fold < 5; ++fold) {
      least = std::min(least, count[{label, fold}]);
      most = std::max(most, count[{label, fold}]);
    }
    EXPECT_LE(most - least, 1);
  }
  for (const auto& [fold, images] : all) EXPECT_NEAR(images, 103 / 5.0, 1);
}

TEST(Folds, same_images_come_into_one_fold) {
  const std::vector<int64_t> labels = {0, 0, 0, 0, 1, 1, 1, 1};
  const std::vector<int64_t> same = {1, 2, 1, 4, 5, 6, 7, 1};
  const auto folds = stratified_folds(labels, 3, 9, same);
  EXPECT_EQ(folds[0], folds[2]);
  EXPECT_EQ(folds[0], folds[7]);
  EXPECT_TRUE(
      contains(error_of<UsageError>([&] { stratified_folds(labels, 1, 0); }), "received 1"));
}

TEST(Intervals, wilsons_are_those_of_the_book) {
  // Newcombe 1998, table I: 81 of 263 and 15 of 148.
  Interval interval = wilson_interval(81, 263);
  EXPECT_NEAR(interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(interval.high, 0.3662, 5e-5);
  interval = wilson_interval(15, 148);
  EXPECT_NEAR(interval.low, 0.0624, 5e-5);
  EXPECT_NEAR(interval.high, 0.1605, 5e-5);
  EXPECT_EQ(wilson_interval(0, 20).low, 0);
  EXPECT_EQ(wilson_interval(20, 20).high, 1);
  EXPECT_TRUE(contains(error_of<UsageError>([] { wilson_interval(3, 2); }), "received 3"));
}

TEST(Intervals, quantiles_are_those_of_the_normal_distribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
}

TEST(Intervals, paired_differences_count_images_that_changed) {
  std::vector<bool> first(100, true);
  std::vector<bool> second(100, true);
  for (size_t i = 0; i < 12; ++i) first[i] = false;
  for (size_t i = 10; i < 14; ++i) second[i] = false;
  // Wrong before: 0–11; after: 10–13. So 10 gained, 2 lost.
  const PairedDifference apart = paired_difference(first, second);
  EXPECT_EQ(apart.gained, 10);
  EXPECT_EQ(apart.lost, 2);
  EXPECT_DOUBLE_EQ(apart.difference, 0.08);
  EXPECT_NEAR(apart.p_value, 2 * (1 + 12 + 66) / 4096.0, 1e-12);
  EXPECT_GT(apart.interval.low, 0);
  EXPECT_LT(apart.interval.high, 0.16);
  const PairedDifference none = paired_difference(first, first);
  EXPECT_EQ(none.p_value, 1);
  EXPECT_LT(none.interval.low, 0);
  EXPECT_GT(none.interval.high, 0);
}

TEST(Calibration, where_all_are_right_the_temperature_is_the_least) {
  const Tensor logits = Tensor::from({2, 2}, std::vector<float>{1, 0, 0, 1});
  EXPECT_DOUBLE_EQ(fit_temperature(logits, std::vector<int64_t>{0, 1}), 1e-3);
  EXPECT_DOUBLE_EQ(fit_temperature(logits, std::vector<int64_t>{1, 0}), 1e3);
}

TEST(Calibration, few_images_that_are_all_right_leave_some_doubt) {
  std::vector<float> values;
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < 20; ++i) {
    labels.push_back(i % 2);
    for (int64_t k = 0; k < 2; ++k) values.push_back(i % 2 == k ? 1.0F + 0.1F * i : 0.0F);
  }
  const Tensor logits = Tensor::from({20, 2}, values);
  const Tensor probabilities = softmax_of(logits, cautious_temperature(logits, labels));
  double confidence = 0;
  for (size_t i = 0; i < 20; ++i)
    confidence += std::max(probabilities.values()[2 * i], probabilities.values()[2 * i + 1]) / 20;
  EXPECT_NEAR(confidence, 20.5 / 21, 1e-5);
  // Where some are wrong, it is the temperature of the least likelihood.
  for (size_t i = 0; i < 6; ++i) labels[i] = 1 - labels[i];
  EXPECT_DOUBLE_EQ(cautious_temperature(logits, labels), fit_temperature(logits, labels));
}

TEST(Calibration, what_does_not_fit_is_refused) {
  const Tensor logits = Tensor::zeros({2, 2});
  EXPECT_TRUE(contains(error_of([&] {
                         accuracy_of(logits, std::vector<int64_t>{0, 2});
                       }),
                       "received 2"));
  EXPECT_TRUE(
      contains(error_of([&] { accuracy_of(logits, std::vector<int64_t>{0}); }), "1 images"));
  EXPECT_TRUE(contains(
      error_of([&] {
        negative_log_likelihood(logits, std::vector<int64_t>{0, 1}, std::vector<double>{0, 0});
      }),
      "above 0"));
}

TEST(Calibration, a_confidence_of_1_that_is_right_is_no_error) {
  const Tensor sure = Tensor::from({2, 2}, std::vector<float>{1, 0, 0, 1});
  EXPECT_EQ(expected_calibration_error(sure, std::vector<int64_t>{0, 1}), 0);
  EXPECT_EQ(expected_calibration_error(sure, std::vector<int64_t>{1, 0}), 1);
}

TEST(LinearHead, the_mean_of_heads_gives_the_mean_of_their_logits) {
  const Tensor features = uniform_tensor({5, 3}, -1, 1, Random(1));
  const LinearHead a{uniform_tensor({3, 2}, -1, 1, Random(2)),
                     uniform_tensor({2}, -1, 1, Random(3))};
  const LinearHead b{uniform_tensor({3, 2}, -1, 1, Random(4)),
                     uniform_tensor({2}, -1, 1, Random(5))};
  const LinearHead mean = mean_of(std::vector<LinearHead>{a, at_temperature(b, 0.5)});
  const Tensor la = a.logits(features);
  const Tensor lb = b.logits(features);
  const Tensor received = mean.logits(features);
  for (size_t i = 0; i < received.values().size(); ++i)
    EXPECT_NEAR(received.values()[i], la.values()[i] / 2 + lb.values()[i], 1e-6);
  EXPECT_TRUE(contains(error_of([&] { a.logits(Tensor::zeros({2, 4})); }), "3 columns"));
  EXPECT_TRUE(contains(error_of<UsageError>([] { mean_of({}); }), "received none"));
}

TEST(LearningCurve, it_rises_and_foretells_no_fall) {
  HeadData data = random_data(160, 30, 4, 11);
  data.folds = stratified_folds(data.labels, 5, 1);
  const LearningCurve curve = learning_curve(data);
  ASSERT_EQ(curve.points.size(), 3U);
  EXPECT_NEAR(curve.points[0].images, 32, 1);
  EXPECT_NEAR(curve.points[1].images, 64, 1);
  EXPECT_NEAR(curve.points[2].images, 128, 1);
  EXPECT_GT(curve.points[2].accuracy, curve.points[0].accuracy);
  EXPECT_NEAR(curve.twice_images, 256, 1);
  EXPECT_GE(curve.twice_accuracy, curve.points[2].accuracy);
  EXPECT_LE(curve.twice_interval.low, curve.twice_accuracy);
  EXPECT_GE(curve.twice_interval.high, curve.twice_accuracy);
  EXPECT_LE(curve.twice_interval.high, 1);
  // What more images give really lies near what was told.
  HeadData more = random_data(320, 30, 4, 12);
  more.folds = stratified_folds(more.labels, 5, 1);
  EXPECT_NEAR(learning_curve(more).points[2].accuracy, curve.twice_accuracy, 0.12);
}

TEST(LearningCurve, classes_of_one_or_two_images_have_one) {
  HeadData data = random_data(12, 10, 4, 2);
  data.labels = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3};
  data.folds = stratified_folds(data.labels, 3, 0);
  const LearningCurve curve = learning_curve(data);
  for (const CurvePoint& point : curve.points) {
    EXPECT_GE(point.accuracy, 0);
    EXPECT_LE(point.accuracy, 1);
    EXPECT_TRUE(std::isfinite(point.standard_error));
  }
  EXPECT_TRUE(std::isfinite(curve.twice_accuracy));
}

}  // namespace
}  // namespace thaw
