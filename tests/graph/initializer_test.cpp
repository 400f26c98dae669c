#include "thaw/graph/initializer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/tensor.h"

namespace thaw {
namespace {

struct Moments {
  double mean = 0;
  double deviation = 0;
  double largest = 0;
};

Moments moments_of(const Tensor& tensor) {
  Moments result;
  double squares = 0;
  for (const float value : tensor.values()) {
    result.mean += value;
    squares += static_cast<double>(value) * value;
    result.largest = std::max(result.largest, std::abs(static_cast<double>(value)));
  }
  const auto count = static_cast<double>(tensor.elements());
  result.mean /= count;
  result.deviation = std::sqrt(squares / count - result.mean * result.mean);
  return result;
}

TEST(Initializer, the_scaling_family_has_the_deviation_that_its_fans_give) {
  const Shape shape{3, 3, 64, 128};
  const double fan_in = 9 * 64;
  const double fan_out = 9 * 128;
  const auto expect = [&](const char* name, double variance) {
    const Moments seen = moments_of(Initializer(name).make(shape, 1));
    // 73,728 values: five standard errors of mean and deviation are below 2 %.
    EXPECT_NEAR(seen.mean, 0, 0.02 * std::sqrt(variance)) << name;
    EXPECT_NEAR(seen.deviation / std::sqrt(variance), 1, 0.02) << name;
  };
  expect("glorot_uniform", 2 / (fan_in + fan_out));
  expect("glorot_normal", 2 / (fan_in + fan_out));
  expect("he_uniform", 2 / fan_in);
  expect("he_normal", 2 / fan_in);
  expect("lecun_uniform", 1 / fan_in);
  expect("lecun_normal", 1 / fan_in);
}

TEST(Initializer, uniform_and_truncated_values_stay_inside) {
  const Tensor glorot = Initializer("glorot_uniform").make({100, 200}, 1);
  EXPECT_LE(moments_of(glorot).largest, std::sqrt(6.0 / 300) * (1 + 1e-6));
  EXPECT_GT(moments_of(glorot).largest, std::sqrt(6.0 / 300) * 0.99);
  EXPECT_LE(moments_of(Initializer("truncated_normal").make({100, 200}, 1)).largest, 0.1 + 1e-6);
}

TEST(Initializer, constants_are_constant) {
  EXPECT_EQ(moments_of(Initializer("ones").make({5}, 1)).mean, 1);
  EXPECT_EQ(moments_of(Initializer("zeros").make({5}, 1)).largest, 0);
  Initializer constant("constant");
  constant.value = 0.25;
  EXPECT_EQ(moments_of(constant.make({5}, 1)).mean, 0.25);
}

TEST(Initializer, reads_every_dialect_and_what_it_wrote) {
  EXPECT_EQ(Initializer::from_config("he_normal"), Initializer("he_normal"));
  const Config keras_2 =
      Config().set("class_name", "GlorotUniform").set("config", Config().set("seed", nullptr));
  EXPECT_EQ(Initializer::from_config(keras_2), Initializer("glorot_uniform"));
  for (const char* name : {"zeros", "he_uniform", "random_normal", "random_uniform", "constant"})
    EXPECT_EQ(Initializer::from_config(Initializer(name).to_config()), Initializer(name)) << name;
}

TEST(Initializer, an_unknown_name_is_a_usage_error) {
  EXPECT_THROW(Initializer("glorot"), UsageError);
}

}  // namespace
}  // namespace thaw
