// What layers that draw numbers do with them; what they compute from given ones is in the golden
// files.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/golden_file.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/random.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/gaussian_dropout.h"
#include "thaw/graph/layers/gaussian_noise.h"
#include "thaw/graph/layers/random_brightness.h"
#include "thaw/graph/layers/random_contrast.h"
#include "thaw/graph/layers/random_crop.h"
#include "thaw/graph/layers/random_flip.h"
#include "thaw/graph/layers/random_rotation.h"
#include "thaw/graph/layers/random_translation.h"
#include "thaw/graph/layers/random_zoom.h"
#include "thaw/graph/layers/spatial_dropout_2d.h"
#include "thaw/graph/layers/stochastic_depth.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;

constexpr int64_t batch = 64;
const Shape image = {5, 4, 3};

Tensor random_images(const Shape& shape, uint64_t seed) {
  Random random(seed);
  Tensor result(shape.with_batch(batch));
  for (float& x : result.values()) x = random.uniform(0, 1);
  return result;
}

/// One layer, as fit runs it.
class OneLayer {
 public:
  explicit OneLayer(const Layer& layer, const Shape& shape = image) {
    const Symbol x = input(shape);
    const Functional model(x, layer(x));
    executable_ =
        cpu_device({.threads = 2})
            ->compile(specialize(lower(model), ops::Phase::training),
                      {.batch_size = batch, .training = true, .input_gradients = true, .seed = 5});
  }

  Tensor forward(const Tensor& x, uint64_t step = 0) {
    executable_->set_step(step);
    return executable_->forward({&x, 1})[0].clone();
  }
  Tensor backward(const Tensor& above) {
    executable_->backward({&above, 1});
    return executable_->input_gradients()[0].clone();
  }

 private:
  std::unique_ptr<Executable> executable_;
};

double product(const Tensor& a, const Tensor& b) {
  double total = 0;
  for (size_t i = 0; i < a.values().size(); ++i)
    total += double{a.values()[i]} * double{b.values()[i]};
  return total;
}

float at(const Tensor& images, int64_t n, int64_t row, int64_t column, int64_t channel) {
  const Shape& s = images.shape();
  return images.values()[static_cast<size_t>(((n * s[1] + row) * s[2] + column) * s[3] + channel)];
}

/// How many samples are as `expected(n, row, column, channel)` says.
template <typename Expected>
int64_t samples_that_are(const Tensor& y, Expected&& expected) {
  int64_t count = 0;
  for (int64_t n = 0; n < batch; ++n) {
    bool all = true;
    for (int64_t row = 0; row < y.shape()[1]; ++row)
      for (int64_t column = 0; column < y.shape()[2]; ++column)
        for (int64_t c = 0; c < y.shape()[3]; ++c)
          all = all && at(y, n, row, column, c) == expected(n, row, column, c);
    count += all ? 1 : 0;
  }
  return count;
}

TEST(RandomLayers, a_flip_turns_about_half_of_the_images_over_exactly) {
  const Tensor x = random_images(image, 1);
  for (const char* mode : {"horizontal", "vertical", "horizontal_and_vertical"}) {
    SCOPED_TRACE(mode);
    const bool rows = mode != std::string("horizontal");
    const bool columns = mode != std::string("vertical");
    const Tensor y = OneLayer(random_flip({.mode = mode})).forward(x);
    const auto turned = [&](int64_t n, int64_t row, int64_t column, int64_t c) {
      return at(x, n, rows ? image[0] - 1 - row : row, columns ? image[1] - 1 - column : column, c);
    };
    const auto kept = [&](int64_t n, int64_t row, int64_t column, int64_t c) {
      return at(x, n, row, column, c);
    };
    const int64_t count = samples_that_are(y, turned);
    EXPECT_EQ(count + samples_that_are(y, kept), batch);
    // Five standard deviations of 64 coins: 5·√(64/4) = 20.
    EXPECT_NEAR(static_cast<double>(count), batch / 2.0, 20.0) << "seed 5";
  }
}

TEST(RandomLayers, draw_anew_in_each_step_and_the_same_in_the_same_step) {
  const Tensor x = random_images(image, 2);
  for (const Layer& layer :
       {random_flip(), random_rotation({.factor = 0.2F}), random_zoom({.height_factor = 0.3F}),
        random_translation({.height_factor = 0.3F, .width_factor = 0.3F}),
        random_contrast({.factor = 0.4F, .value_range = {0, 1}}),
        random_brightness({.factor = 0.4F, .value_range = {0, 1}}),
        random_crop({.height = 2, .width = 2}), gaussian_noise({.stddev = 0.2F}),
        gaussian_dropout({.rate = 0.3F}), spatial_dropout_2d({.rate = 0.3F}),
        stochastic_depth({.drop_path_rate = 0.4F})}) {
    SCOPED_TRACE(std::string(layer.class_name()));
    OneLayer run(layer);
    const Tensor first = run.forward(x, 0);
    EXPECT_GT(difference(first, run.forward(x, 1)).largest, 0.0F);
    EXPECT_EQ(difference(first, run.forward(x, 0)).largest, 0.0F);
  }
}

TEST(RandomLayers, gradients_are_those_of_the_map_that_was_drawn) {
  const Tensor x = random_images(image, 3);
  for (const Layer& layer :
       {random_flip(), random_rotation({.factor = 0.3F}),
        random_rotation({.factor = 0.3F, .fill_mode = "wrap"}),
        random_zoom({.height_factor = 0.4F, .width_factor = 0.2F, .fill_mode = "nearest"}),
        random_translation({.height_factor = 0.5F, .width_factor = 0.5F, .fill_mode = "constant"}),
        random_crop({.height = 3, .width = 2}), gaussian_dropout({.rate = 0.3F}),
        spatial_dropout_2d({.rate = 0.3F}), stochastic_depth({.drop_path_rate = 0.4F}),
        dropout({.rate = 0.3F, .noise_shape = Shape{-1, 5, 1, 3}})}) {
    SCOPED_TRACE(std::string(layer.class_name()));
    OneLayer run(layer);
    const Tensor y = run.forward(x);
    const Tensor above = random_images(y.shape().without_batch(), 4);
    // All of these are linear in x: <A·x, g> = <x, Aᵀ·g>. Sums of 3,840 products near 1/4.
    const double expected = product(y, above);
    EXPECT_NEAR(product(x, run.backward(above)), expected, 1e-5 * std::abs(expected));
  }
}

TEST(RandomLayers, a_crop_is_a_window_of_the_image_at_one_place_for_the_batch) {
  const Tensor x = random_images(image, 5);
  OneLayer run(random_crop({.height = 3, .width = 2}));
  std::vector<int> seen(9, 0);
  for (uint64_t step = 0; step < 100; ++step) {
    const Tensor y = run.forward(x, step);
    int places = 0;
    for (int64_t top = 0; top <= 2; ++top) {
      for (int64_t left = 0; left <= 2; ++left) {
        const int64_t count =
            samples_that_are(y, [&](int64_t n, int64_t row, int64_t column, int64_t c) {
              return at(x, n, top + row, left + column, c);
            });
        if (count != batch) continue;
        ++places;
        ++seen[static_cast<size_t>(top * 3 + left)];
      }
    }
    ASSERT_EQ(places, 1) << "step " << step;
  }
  // A place that is as likely as the others is missed in 100 steps once in 130,000 times.
  EXPECT_GT(*std::ranges::min_element(seen), 0) << "seed 5";
}

TEST(RandomLayers, noise_has_its_deviation) {
  const Shape shape = {20, 20, 5};
  const Tensor x = random_images(shape, 6);
  const auto deviation_of = [&](const Layer& layer, bool multiplies) {
    const Tensor y = OneLayer(layer, shape).forward(x);
    double squares = 0;
    for (size_t i = 0; i < x.values().size(); ++i) {
      const double scale = multiplies ? double{x.values()[i]} + 1e-12 : 1.0;
      const double noise = (double{y.values()[i]} - double{x.values()[i]}) / scale;
      squares += noise * noise;
    }
    return std::sqrt(squares / static_cast<double>(x.values().size()));
  };
  // 128,000 numbers: five standard deviations of a deviation are 5/√256,000 = 1 % of it.
  EXPECT_NEAR(deviation_of(gaussian_noise({.stddev = 0.25F}), false), 0.25, 0.0025) << "seed 5";
  EXPECT_NEAR(deviation_of(gaussian_dropout({.rate = 0.2F}), true), 0.5, 0.005) << "seed 5";
}

TEST(RandomLayers, a_whole_sample_or_channel_has_one_factor) {
  const Tensor ones = Tensor::full(image.with_batch(batch), 1.0F);
  const float kept = 1.0F / (1.0F - 0.4F);
  const Tensor by_sample = OneLayer(stochastic_depth({.drop_path_rate = 0.4F})).forward(ones);
  const Tensor by_shape =
      OneLayer(dropout({.rate = 0.4F, .noise_shape = Shape{-1, 1, 1, 1}})).forward(ones);
  const Tensor by_channel = OneLayer(spatial_dropout_2d({.rate = 0.4F})).forward(ones);
  EXPECT_EQ(difference(by_sample, by_shape).largest, 0.0F);
  const auto constant = [](float value) {
    return [value](int64_t, int64_t, int64_t, int64_t) { return value; };
  };
  const int64_t zeroed = samples_that_are(by_sample, constant(0));
  EXPECT_EQ(zeroed + samples_that_are(by_sample, constant(kept)), batch);
  // Five standard deviations of a binomial: 5·√(64·0.4·0.6) = 20.
  EXPECT_NEAR(static_cast<double>(zeroed), 0.4 * batch, 20.0) << "seed 5";
  EXPECT_EQ(samples_that_are(by_channel, [&](int64_t n, int64_t, int64_t,
                                             int64_t c) { return at(by_channel, n, 0, 0, c); }),
            batch);
  EXPECT_LT(samples_that_are(by_channel, constant(0)), batch / 2);
}

TEST(RandomLayers, contrast_and_brightness_stay_within_their_factors) {
  const Tensor x = random_images(image, 7);
  // Wide limits, so that nothing is held back.
  const std::vector<float> limits = {-100, 100};
  const Tensor contrast =
      OneLayer(random_contrast({.factor = {0.5F, 0.7F}, .value_range = limits})).forward(x);
  const Tensor brightness =
      OneLayer(random_brightness({.factor = 0.01F, .value_range = limits})).forward(x);
  for (int64_t n = 0; n < batch; ++n) {
    const auto slope = (at(contrast, n, 4, 3, 0) - at(contrast, n, 0, 0, 0)) /
                       (at(x, n, 4, 3, 0) - at(x, n, 0, 0, 0));
    EXPECT_GT(slope, 0.5F - 1e-3F);
    EXPECT_LT(slope, 1.7F + 1e-3F);
    const float added = at(brightness, n, 2, 2, 1) - at(x, n, 2, 2, 1);
    EXPECT_LE(std::abs(added), 2.0F + 1e-3F);
    EXPECT_NEAR(added, at(brightness, n, 0, 0, 0) - at(x, n, 0, 0, 0), 1e-5F);
  }
}

TEST(RandomLayers, what_comes_after_one_is_not_a_constant_function_of_the_sample) {
  const Symbol x = input(image);
  Layer convolution = conv_2d({.filters = 2, .kernel_size = 1});
  convolution.set_trainable(false);
  const Functional model(
      x, dense({.units = 2})(flatten()(convolution(random_crop({.height = 2, .width = 2})(x)))));
  const FrozenSplit split = split_frozen(lower(model));
  ASSERT_EQ(split.cut.size(), 1U);
  EXPECT_EQ(split.prefix.nodes.size(), 1U) << "only the image is kept";
  // In predict it is a resizing, which gives the same each time.
  const auto graph = specialize(lower(model), ops::Phase::inference);
  EXPECT_TRUE(std::ranges::none_of(graph.nodes,
                                   [](const ops::Node& node) { return ops::is_random(node.op); }));
}

}  // namespace
}  // namespace thaw
