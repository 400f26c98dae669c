// Ridge and logistic regression beside scikit-learn's, temperatures beside SciPy's.
#include <gtest/gtest.h>

#include <sstream>

#include "support/golden_file.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/logistic.h"
#include "thaw/heads/ridge.h"

namespace thaw {
namespace {

using testing::GoldenFile;

const GoldenFile& golden() {
  static const GoldenFile file("heads/heads.golden.gz");
  return file;
}

template <typename Number>
std::vector<Number> numbers_of(const std::string& text) {
  std::istringstream words(text);
  std::vector<Number> numbers;
  for (Number number; words >> number;) numbers.push_back(number);
  return numbers;
}

std::vector<int64_t> labels_of(const Tensor& tensor) {
  return {tensor.values().begin(), tensor.values().end()};
}

HeadData data_of(const std::string& name) {
  HeadData data{.features = golden().array(name + ".features"),
                .groups = {},
                .labels = labels_of(golden().array(name + ".labels")),
                .classes = golden().shape(name + ".ridge.0")[1]};
  double weight = 1;
  for (const auto columns : numbers_of<int64_t>(golden().text(name + ".groups"))) {
    data.groups.push_back({.columns = columns, .weight = weight});
    weight += 0.5;
  }
  const Tensor weights = golden().array(name + ".weights");
  data.weights.assign(weights.values().begin(), weights.values().end());
  data.balanced = golden().number(name + ".balanced") != 0;
  return data;
}

/// Adding one number to all logits of an image changes nothing.
Tensor centred(const Tensor& logits) {
  Tensor result = logits.clone();
  const auto columns = static_cast<size_t>(logits.shape()[1]);
  for (size_t first = 0; first < result.values().size(); first += columns) {
    double mean = 0;
    for (const float x : result.values().subspan(first, columns)) mean += x;
    mean /= static_cast<double>(columns);
    for (float& x : result.values().subspan(first, columns)) x -= static_cast<float>(mean);
  }
  return result;
}

void expect_near(const Tensor& expected, const Tensor& received, const std::string& what) {
  const auto apart = testing::difference(expected, received);
  // Logits are near 1; kernels of float32 over a column near 1000 leave 10⁻⁶ of them.
  EXPECT_LE(apart.relative_to_one(), 2e-6) << what << ": " << apart.to_string();
}

class HeadsGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(HeadsGolden, ridge_and_leaving_one_out_are_scikit_learns) {
  const auto penalties = numbers_of<double>(golden().text("penalties"));
  const HeadData data = data_of(GetParam());
  for (size_t i = 0; i < penalties.size(); ++i) {
    const std::string place = "." + std::to_string(i);
    const RidgeFit fit = fit_ridge(data, {.penalties = {penalties[i]}});
    expect_near(golden().array(GetParam() + ".ridge" + place), fit.head.logits(data.features),
                "ridge" + place);
    expect_near(golden().array(GetParam() + ".leave_one_out" + place), fit.leave_one_out,
                "leave one out" + place);
  }
  const auto best = static_cast<size_t>(golden().number(GetParam() + ".best"));
  EXPECT_EQ(fit_ridge(data, {.penalties = penalties}).penalty, penalties[best]);
}

TEST_P(HeadsGolden, logistic_regression_is_scikit_learns) {
  const auto penalties = numbers_of<double>(golden().text("penalties"));
  const HeadData data = data_of(GetParam());
  for (size_t i = 0; i < penalties.size(); ++i) {
    const LogisticFit fit = fit_logistic(data, {.penalties = {penalties[i]}});
    EXPECT_TRUE(fit.converged) << fit.iterations;
    const Tensor expected = golden().array(GetParam() + ".logistic." + std::to_string(i));
    Tensor received = centred(fit.head.logits(data.features));
    const auto classes = static_cast<size_t>(data.classes);
    for (size_t j = 0; j < received.values().size(); ++j) {
      if (data.weights[j / classes] == 0) received.values()[j] = 0;
    }
    expect_near(expected, received, "logistic " + std::to_string(i));
  }
}

INSTANTIATE_TEST_SUITE_P(cases, HeadsGolden,
                         ::testing::Values("tall", "wide", "balanced", "weighted"),
                         [](const auto& the_case) { return the_case.param; });

TEST(Calibration, temperature_likelihood_and_error_are_scipys) {
  const Tensor logits = golden().array("calibration.logits");
  const auto labels = labels_of(golden().array("calibration.labels"));
  const Tensor weights = golden().array("calibration.weights");
  const std::vector<double> doubles(weights.values().begin(), weights.values().end());
  const auto value = [](const std::string& name) {
    return static_cast<double>(golden().array("calibration." + name).values()[0]);
  };
  EXPECT_NEAR(fit_temperature(logits, labels), value("temperature"), 1e-6);
  EXPECT_NEAR(fit_temperature(logits, labels, doubles), value("temperature.weighted"), 1e-6);
  EXPECT_NEAR(negative_log_likelihood(logits, labels), value("likelihood"), 1e-6);
  EXPECT_NEAR(negative_log_likelihood(logits, labels, doubles), value("likelihood.weighted"), 1e-6);
  const Tensor probabilities = softmax_of(logits);
  EXPECT_NEAR(expected_calibration_error(probabilities, labels, 10), value("error.10"), 1e-6);
  EXPECT_NEAR(expected_calibration_error(probabilities, labels), value("error.15"), 1e-6);
}

}  // namespace
}  // namespace thaw
