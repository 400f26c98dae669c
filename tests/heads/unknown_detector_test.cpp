#include "thaw/heads/unknown_detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "support/error_of.h"
#include "thaw/core/base64.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

Tensor matrix(int64_t rows, std::vector<float> values) {
  return Tensor::from({rows, std::ssize(values) / rows}, values);
}

/// Of two groups of two columns and two classes, with one direction told apart.
UnknownDetectorParts small() {
  return {.groups = {{.columns = 2, .weight = 1}, {.columns = 2, .weight = 2}},
          .means = matrix(2, {0.4F, 0.1F, 0.2F, 0.7F, 0.1F, 0.4F, 0.8F, 0.1F}),
          .directions = matrix(1, {0, 0.6F, 0, 0.8F}),
          .variances = {0.5},
          .other_variance = 0.01,
          .head = {.kernel = matrix(4, {1, -1, 0, 2, 0.5F, 0, -1, 1}),
                   .bias = Tensor::from({2}, std::vector<float>{0.25F, -0.5F})},
          .distance_weight = 2,
          .margin_weight = 0.5,
          .most_margin = 10,
          .offset = -1,
          .threshold = 3,
          .unknown_rate = 0.05};
}

TEST(UnknownDetector, a_score_is_what_its_formula_says) {
  const std::vector<float> features = {4, -1, 9, 0.25F};
  // Roots 2, -1, 3, 0.5; each group to length 1/√5, 2/√5.
  const double a = 1 / std::sqrt(5.0) / std::sqrt(5.0);
  const double b = 2 / std::sqrt(5.0) / std::sqrt(9.25);
  const double u[] = {2 * a, -a, 3 * b, 0.5 * b};
  const double means[2][4] = {{0.4, 0.1, 0.2, 0.7}, {0.1, 0.4, 0.8, 0.1}};
  double nearest = std::numeric_limits<double>::infinity();
  for (const auto& mean : means) {
    double squared = 0;
    for (int i = 0; i < 4; ++i) squared += (u[i] - mean[i]) * (u[i] - mean[i]);
    const double along = 0.6 * (u[1] - mean[1]) + 0.8 * (u[3] - mean[3]);
    nearest = std::min(nearest, along * along / 0.5 + (squared - along * along) / 0.01);
  }
  const double first = u[0] + 0.5 * u[2] - u[3] + 0.25;
  const double second = -u[0] + 2 * u[1] + u[3] - 0.5;
  const double expected = 2 * std::log(nearest) - 0.5 * std::abs(first - second) - 1;
  const UnknownDetector detector(small());
  EXPECT_NEAR(detector.score(features), expected, 1e-6);  // means are floats
  UnknownDetectorParts cut = small();
  cut.most_margin = 0.25;
  ASSERT_GT(std::abs(first - second), 0.25);
  EXPECT_NEAR(UnknownDetector(cut).score(features), 2 * std::log(nearest) - 0.5 * 0.25 - 1, 1e-6);
  EXPECT_EQ(detector.columns(), 4);
  EXPECT_EQ(detector.classes(), 2);
  EXPECT_TRUE(detector.is_unknown(3.001));
  EXPECT_FALSE(detector.is_unknown(3));
}

TEST(UnknownDetector, proportions_alone_count_and_no_feature_makes_it_fail) {
  const UnknownDetector detector(small());
  const double score = detector.score(std::vector<float>{4, -1, 9, 0.25F});
  EXPECT_NEAR(detector.score(std::vector<float>{400, -100, 9e-3F, 0.25e-3F}), score, 1e-6);
  EXPECT_TRUE(std::isfinite(detector.score(std::vector<float>{0, 0, 0, 0})));
  EXPECT_TRUE(std::isfinite(detector.score(std::vector<float>{3e38F, 3e38F, 3e38F, 1e-45F})));
  for (const float bad : {NAN, INFINITY})
    EXPECT_TRUE(detector.is_unknown(detector.score(std::vector<float>{1, bad, 1, 1})));
  EXPECT_TRUE(contains(error_of([&] {
                         (void)detector.score(std::vector<float>{1, 2, 3});
                       }),
                       "expected 4, as many as the detector was fitted to, received 3"));
}

TEST(UnknownDetector, a_config_gives_the_same_detector_to_the_last_bit) {
  UnknownDetectorParts parts = small();
  parts.variances[0] = 1.0 / 3;
  parts.threshold = std::nextafter(0.1, 1);
  const UnknownDetector detector(parts);
  const UnknownDetector back = UnknownDetector::from_config(detector.to_config());
  EXPECT_EQ(back.to_config(), detector.to_config());
  const std::vector<float> features = {0.3F, 2, 0, 5};
  EXPECT_EQ(back.score(features), detector.score(features));
  EXPECT_EQ(back.threshold(), detector.threshold());
}

/// What is said of the small detector's config with one member changed.
std::string told(const char* member, const Config& value) {
  Config config = UnknownDetector(small()).to_config();
  config.set(member, value);
  return error_of([&] { UnknownDetector::from_config(config); });
}

TEST(UnknownDetector, a_config_that_does_not_fit_is_refused_and_where_is_told) {
  const std::string four = floats_to_base64(Tensor::full({4}, 1));
  EXPECT_TRUE(contains(told("kind", "another"), "a newer thaw"));
  EXPECT_TRUE(contains(told("kind", 7), "expected a text") || contains(told("kind", 7), "string"));
  EXPECT_TRUE(contains(told("classes", 1), "classes: expected 2 to"));
  EXPECT_TRUE(contains(told("classes", -1), "received -1"));
  EXPECT_TRUE(contains(told("classes", 3), "means: expected the 12 floats"));
  EXPECT_TRUE(contains(told("columns", int64_t{1} << 62), "columns: expected 1 to"));
  EXPECT_TRUE(contains(told("columns", 5), "groups: expected 5 columns"));
  EXPECT_TRUE(contains(told("groups", Config::List{}), "groups: expected 4 columns"));
  EXPECT_TRUE(contains(told("means", four), "means: expected the 8 floats"));
  EXPECT_TRUE(contains(told("means", "?"), "means: expected base64"));
  EXPECT_TRUE(contains(told("head_kernel", 1.5), "head_kernel: expected"));
  EXPECT_TRUE(contains(told("head_bias", four), "head_bias: expected the 2 floats"));
  EXPECT_TRUE(contains(told("variances", Config::List{1.0, 1.0}), "directions: expected the 8"));
  EXPECT_TRUE(contains(told("variances", Config::List{0.0}), "above 0, received 0"));
  EXPECT_TRUE(contains(told("other_variance", -1.0), "above 0, received -1"));
  EXPECT_TRUE(contains(told("threshold", NAN), "received nan"));
  EXPECT_TRUE(contains(told("offset", INFINITY), "received inf"));
  EXPECT_TRUE(contains(error_of([] { UnknownDetector::from_config(Config("text")); }), "kind"));
}

}  // namespace
}  // namespace thaw
