// What the layers that change images at random draw, and that it depends on nothing but seed, step,
// layer and place in the batch; what they make of it is in random_change_test.cpp.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/error_of.h"
#include "support/golden_file.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/runtime/cpu/device.h"
#include "thaw/runtime/cpu/numerics/augment.h"
#include "thaw/runtime/cpu/numerics/distributions.h"
#include "thaw/runtime/cpu/numerics/image_change.h"
#include "thaw/runtime/cpu/numerics/mix.h"

namespace thaw {
namespace {

using testing::difference;
using Kind = ops::RandomChange::Kind;

constexpr int64_t batch = 8;
const Shape shape = {10, 12, 3};
const cpu::ImageSize size = {10, 12, 3};

struct Given {
  const char* class_name;
  Config config;
  bool has_gradient = true;
};

std::vector<Given> layers() {
  const Config fill = 3.0;
  return {{"RandomColorDegeneration", Config::Map{{"factor", 0.5}}},
          {"RandomGrayscale", Config::Map{{"factor", 0.5}}},
          {"RandomInvert", Config::Map{{"factor", Config::List{0.5, 0.5}}}},
          {"Solarization", Config::Map{{"addition_factor", 0.3}, {"threshold_factor", 0.9}}},
          {"RandomSharpness", Config::Map{{"factor", 0.9}}},
          {"RandomGaussianBlur", Config::Map{{"sigma", Config::List{0.3, 1.0}}}},
          {"RandomErasing", Config::Map{}},
          {"RandomErasing", Config::Map{{"fill_value", fill}}},
          {"RandomPerspective", Config::Map{{"scale", 0.6}}},
          {"RandomElasticTransform", Config::Map{}},
          {"RandomShear", Config::Map{{"x_factor", 0.3}, {"y_factor", 0.1}}},
          {"MixUp", Config::Map{}},
          {"CutMix", Config::Map{}},
          {"RandomSaturation", Config::Map{{"factor", 0.5}}, false},
          {"RandomHue", Config::Map{{"factor", 0.5}}, false},
          {"RandomColorJitter",
           Config::Map{{"brightness_factor", 0.2}, {"contrast_factor", 0.2}, {"hue_factor", 0.2}},
           false},
          {"RandomPosterization", Config::Map{{"factor", 8}}, false},
          {"RandAugment", Config::Map{}, false},
          {"AugMix", Config::Map{}, false}};
}

Layer layer_of(const Given& given) {
  return Layer(layer_types::find(given.class_name)->from_config(given.config));
}

Tensor random_images(uint64_t seed) {
  return uniform_tensor(shape.with_batch(batch), 5.0F, 250.0F, Random(seed));
}

/// One layer, as fit runs it.
std::unique_ptr<Executable> compiled(const Layer& layer, int threads, bool gradients) {
  const Symbol x = input(shape);
  return cpu_device({.threads = threads})
      ->compile(specialize(lower(Functional(x, layer(x))), ops::Phase::training),
                {.batch_size = batch, .training = true, .input_gradients = gradients, .seed = 5});
}

Tensor run(Executable& executable, const Tensor& x, uint64_t step) {
  executable.set_step(step);
  return executable.forward({&x, 1})[0].clone();
}

TEST(DrawnChanges, differ_from_step_to_step_and_are_the_same_on_any_number_of_threads) {
  const Tensor x = random_images(1);
  for (const Given& given : layers()) {
    SCOPED_TRACE(given.class_name);
    const Layer layer = layer_of(given);
    const auto one = compiled(layer, 1, given.has_gradient);
    const Tensor first = run(*one, x, 7);
    EXPECT_GT(difference(x, first).largest, 0.0F) << "nothing was changed, seed 5";
    EXPECT_GT(difference(first, run(*one, x, 8)).largest, 0.0F) << "the same in the next step";
    EXPECT_EQ(difference(first, run(*one, x, 7)).largest, 0.0F) << "another in the same step";
    const auto three = compiled(layer, 3, given.has_gradient);
    EXPECT_EQ(difference(first, run(*three, x, 7)).largest, 0.0F) << "on three threads";
  }
}

TEST(DrawnChanges, pass_the_image_on_outside_of_fit) {
  for (const Given& given : layers()) {
    SCOPED_TRACE(given.class_name);
    const Symbol x = input(shape);
    const Functional model(x, layer_of(given)(x));
    const ops::Graph graph = lower(model);
    EXPECT_TRUE(std::ranges::any_of(graph.nodes,
                                    [](const ops::Node& node) { return ops::is_random(node.op); }));
    const auto executable =
        cpu_device({.threads = 1})
            ->compile(specialize(graph, ops::Phase::inference), {.batch_size = batch});
    const Tensor images = random_images(2);
    EXPECT_EQ(difference(images, executable->forward({&images, 1})[0]).largest, 0.0F);
  }
}

TEST(DrawnChanges, are_nothing_to_train_through_where_keras_has_no_gradient) {
  for (const Given& given : layers()) {
    if (given.has_gradient) continue;
    SCOPED_TRACE(given.class_name);
    EXPECT_NE(testing::error_of([&] {
                compiled(layer_of(given), 1, true);
              }).find("something before it trains"),
              std::string::npos);
  }
}

TEST(DrawnChanges, have_gradients_of_what_was_drawn) {
  const Tensor x = random_images(3);
  for (const Given& given : layers()) {
    const std::string name = given.class_name;
    // The others are held within limits, or have a part that does not depend on x.
    const bool is_linear = name == "MixUp" || name == "CutMix" || name == "RandomShear" ||
                           name == "RandomGrayscale" || name == "RandomPerspective";
    if (!is_linear) continue;
    SCOPED_TRACE(name);
    const auto executable = compiled(layer_of(given), 2, true);
    const Tensor y = run(*executable, x, 4);
    const Tensor above = uniform_tensor(x.shape(), -1.0F, 1.0F, Random(6));
    executable->backward({&above, 1});
    double expected = 0;
    double received = 0;
    double scale = 0;
    for (size_t e = 0; e < x.values().size(); ++e) {
      expected += double{y.values()[e]} * double{above.values()[e]};
      received += double{x.values()[e]} * double{executable->input_gradients()[0].values()[e]};
      scale += std::abs(double{y.values()[e]} * double{above.values()[e]});
    }
    EXPECT_NEAR(received, expected, 1e-6 * scale) << "<A·x, g> = <x, Aᵀ·g>, seed 3";
  }
}

TEST(DrawnChanges, of_colours_need_colours_in_training_alone) {
  for (const char* name : {"RandomHue", "RandomSaturation", "RandAugment"}) {
    SCOPED_TRACE(name);
    const Symbol x = input({10, 12, 2});
    const ops::Graph graph = lower(Functional(x, layer_of({name, Config::Map{}})(x)));
    const auto compile = [&](ops::Phase phase) {
      (void)cpu_device({.threads = 1})->compile(specialize(graph, phase), {.batch_size = 2});
    };
    compile(ops::Phase::inference);
    const std::string error = testing::error_of([&] { compile(ops::Phase::training); });
    EXPECT_TRUE(testing::contains(error, "expected an image of 3 channels")) << error;
  }
}

/// The numbers of one kind for many images.
std::vector<cpu::DrawnNumbers> drawn(const ops::RandomChange& op, int64_t count = 2000) {
  std::vector<cpu::DrawnNumbers> result;
  for (int64_t i = 0; i < count; ++i) {
    cpu::Streams streams = cpu::streams_of(11, 12, i);
    result.push_back(cpu::draw(op, size, streams));
  }
  return result;
}

struct Spread {
  float low = 0, high = 0, mean = 0;
};

Spread spread_of(const std::vector<cpu::DrawnNumbers>& numbers, size_t which) {
  Spread spread{.low = numbers[0][which], .high = numbers[0][which]};
  double sum = 0;
  for (const auto& of_image : numbers) {
    spread.low = std::min(spread.low, of_image[which]);
    spread.high = std::max(spread.high, of_image[which]);
    sum += double{of_image[which]};
  }
  spread.mean = static_cast<float>(sum / static_cast<double>(numbers.size()));
  return spread;
}

/// Of 2000 even numbers: the ends are reached within 1 % (missed once in e²⁰ times), and the mean
/// is off by less than five of its deviations, 5/√(12·2000) = 3.3 % of the width.
void expect_even(const Spread& spread, float low, float high) {
  const float width = high - low;
  EXPECT_GE(spread.low, low);
  EXPECT_LE(spread.high, high);
  EXPECT_NEAR(spread.low, low, 0.01F * width);
  EXPECT_NEAR(spread.high, high, 0.01F * width);
  EXPECT_NEAR(spread.mean, (low + high) / 2, 0.033F * width);
}

TEST(DrawnNumbers, fill_the_ranges_that_keras_draws_from) {
  expect_even(spread_of(drawn({.kind = Kind::fade, .amount = {-0.2F, 0.5F}}), 0), -0.2F, 0.5F);
  expect_even(spread_of(drawn({.kind = Kind::sharpen, .amount = {0.1F, 0.9F}}), 0), 0.1F, 0.9F);
  // Half of 0 … 0.6, to either side.
  expect_even(spread_of(drawn({.kind = Kind::hue, .amount = {0, 0.6F}}), 0), -0.3F, 0.3F);
  const auto saturation = spread_of(drawn({.kind = Kind::saturation, .amount = {0, 0.5F}}), 0);
  EXPECT_GE(saturation.low, 0);
  EXPECT_NEAR(saturation.high, 1.0F, 0.02F);
  const ops::RandomChange solarize = {
      .kind = Kind::solarize, .amount = {0, 0.2F}, .threshold = {0, 0.8F}};
  expect_even(spread_of(drawn(solarize), 0), 0, 51);
  expect_even(spread_of(drawn(solarize), 1), 0, 204);
}

TEST(DrawnNumbers, leave_as_many_images_as_their_chance_says) {
  for (const Kind kind :
       {Kind::grayscale, Kind::invert, Kind::blur, Kind::erase, Kind::perspective, Kind::elastic}) {
    // A probability that is itself drawn from 0.2 … 0.6 is 0.4 on average; five deviations of 2000
    // coins are 5·√(0.24/2000) = 0.055.
    const ops::RandomChange op = {
        .kind = kind, .probability = {0.2F, 0.6F}, .amount = {0.1F, 0.5F}};
    EXPECT_NEAR(spread_of(drawn(op), 0).mean, 0.4F, 0.055F);
    EXPECT_EQ(spread_of(drawn({.kind = kind, .probability = {1, 1}}), 0).low, 1.0F);
    EXPECT_EQ(spread_of(drawn({.kind = kind, .probability = {0, 0}}), 0).high, 0.0F);
  }
}

TEST(DrawnNumbers, of_posterizing_are_whole_and_leave_the_end_out) {
  std::vector<int> seen(9, 0);
  for (const auto& numbers : drawn({.kind = Kind::posterize, .amount = {2, 6}}))
    ++seen.at(static_cast<size_t>(numbers[0]));
  // 500 each; five deviations of a binomial are 5·√(2000·0.25·0.75) = 97.
  for (int bits = 0; bits < 9; ++bits)
    EXPECT_NEAR(seen[static_cast<size_t>(bits)], bits >= 2 && bits < 6 ? 500 : 0, 97) << bits;
  EXPECT_EQ(spread_of(drawn({.kind = Kind::posterize, .amount = {3, 3}}), 0).high, 3.0F);
}

TEST(DrawnNumbers, of_boxes_lie_within_the_image) {
  double area = 0;
  const auto boxes = drawn({.kind = Kind::erase, .amount = {0.09F, 0.25F}});
  for (const auto& [applies, left, right, top, bottom, a, b, c, d] : boxes) {
    EXPECT_GE(left, 0);
    EXPECT_LE(right, 12.001F);
    EXPECT_GE(top, 0);
    EXPECT_LE(bottom, 10.001F);
    EXPECT_GE(right - left, 12 * 0.3F - 1e-3F);
    EXPECT_LE(right - left, 12 * 0.5F + 1e-3F);
    area += double{right - left} * double{bottom - top};
  }
  // The root of 0.09 … 0.25 is 0.4083 on average, and both sides' are independent.
  EXPECT_NEAR(area / 2000 / 120, 0.4083 * 0.4083, 0.005);
}

TEST(DrawnNumbers, beyond_what_there_is_change_what_there_is) {
  // Keras takes a range of which only a part makes sense.
  const ops::RandomChange erase = {.kind = Kind::erase, .amount = {-1, 4}, .fill_values = {1.0F}};
  const ops::RandomChange posterize = {.kind = Kind::posterize, .amount = {-1e9F, 1e9F}};
  const Tensor x = random_images(9);
  for (const ops::RandomChange& op : {erase, posterize}) {
    const auto numbers = drawn(op, batch);
    const std::vector<Random> noise(batch, Random(1));
    Tensor y(x.shape());
    cpu::change(op, {batch, size, numbers, noise}, x.values().data(), y.values().data());
    for (const float value : y.values()) {
      EXPECT_GE(value, 0.0F);
      EXPECT_LE(value, 255.0F);
    }
  }
}

TEST(DrawnNumbers, of_the_batch_are_the_same_for_all_images) {
  const auto blur = drawn({.kind = Kind::blur, .amount = {0.1F, 0.9F}}, 50);
  const auto elastic = drawn({.kind = Kind::elastic, .amount = {0.1F, 0.9F}}, 50);
  for (const auto* numbers : {&blur, &elastic}) {
    const Spread spread = spread_of(*numbers, 1);
    EXPECT_EQ(spread.low, spread.high);
    EXPECT_GE(spread.low, 0.1F);
    EXPECT_LE(spread.high, 0.9F + 1e-5F);
  }
}

TEST(DrawnNumbers, of_an_image_do_not_depend_on_the_others) {
  const ops::RandomChange op = {.kind = Kind::perspective, .amount = {-0.5F, 0.5F}};
  const auto few = drawn(op, 3);
  const auto many = drawn(op, 9);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(many[0], many[1]);
}

TEST(Distributions, have_their_means_and_variances) {
  for (const float alpha : {0.2F, 1.0F, 3.0F}) {
    SCOPED_TRACE(alpha);
    Random random(3);
    double sum = 0;
    double squares = 0;
    constexpr int count = 20000;
    for (int i = 0; i < count; ++i) {
      const double x = double{cpu::beta_number(random, alpha)};
      EXPECT_GE(x, 0);
      EXPECT_LE(x, 1);
      sum += x;
      squares += (x - 0.5) * (x - 0.5);
    }
    // Beta(a, a): mean 1/2, variance 1/(4(2a + 1)), at most 1/4; five deviations of each.
    EXPECT_NEAR(sum / count, 0.5, 5 * 0.5 / std::sqrt(count)) << "seed 3";
    EXPECT_NEAR(squares / count, 0.25 / (2 * double{alpha} + 1), 5 * 0.25 / std::sqrt(count));
  }
  Random random(4);
  std::vector<double> means(3, 0.0);
  for (int i = 0; i < 5000; ++i) {
    const auto weights = cpu::dirichlet_numbers(random, 3, 1.0F);
    EXPECT_NEAR(weights[0] + weights[1] + weights[2], 1.0F, 1e-5F);
    for (size_t j = 0; j < 3; ++j) means[j] += double{weights[j]} / 5000;
  }
  // Each has mean 1/3 and variance 1/18.
  for (const double mean : means) EXPECT_NEAR(mean, 1.0 / 3.0, 5 * 0.236 / std::sqrt(5000.0));
  // So small an alpha leaves one of both, without a number that is none.
  EXPECT_TRUE(std::isfinite(cpu::beta_number(random, 1e-6F)));
}

TEST(Distributions, of_mixes_take_each_image_once) {
  const ops::RandomMix op = {.kind = ops::RandomMix::Kind::cut_mix, .alpha = {0.1F, 1.0F}};
  const auto mixes = cpu::draw_mix(op, {batch, size}, 1, 2);
  std::vector<int> taken(batch, 0);
  for (const cpu::DrawnMix& mix : mixes) {
    ++taken.at(static_cast<size_t>(mix.other));
    const float part = (mix.right - mix.left) * (mix.bottom - mix.top) / 120;
    EXPECT_NEAR(part, 1 - mix.weight, 1e-4F) << "a box of 1 − w of the image";
    EXPECT_GE(mix.left, 0);
    EXPECT_LE(mix.right, 12.001F);
  }
  EXPECT_EQ(taken, std::vector<int>(batch, 1));
}

TEST(Augmentations, choose_steps_for_the_batch_and_numbers_for_each_image) {
  const Symbol x = input(shape);
  const Layer layer = layer_of({"RandAugment", Config::Map{{"num_ops", 3}}});
  const ops::Graph graph = lower(Functional(x, layer(x)));
  const auto& op = std::get<ops::RandomAugment>(graph[graph.outputs[0]].op);
  std::vector<int> chosen(11, 0);
  for (uint64_t step = 0; step < 400; ++step) {
    const auto drawn = cpu::draw_augmentation(op, {2, size}, 1, step);
    ASSERT_EQ(drawn.chains.size(), 1U);
    ASSERT_EQ(drawn.chains[0].size(), 3U);
    for (const cpu::DrawnStep& one : drawn.chains[0]) {
      ++chosen.at(one.member);
      EXPECT_EQ(one.numbers.size(), 2U);
    }
  }
  // 1200/11 = 109; five deviations of a binomial are 5·√(109·10/11) = 50.
  for (const int count : chosen) EXPECT_NEAR(count, 109, 50) << "seed 1";
}

TEST(DrawnChanges, that_stand_first_end_the_frozen_part_before_them) {
  const Symbol x = input(shape);
  Layer convolution = conv_2d({.filters = 2, .kernel_size = 1});
  convolution.set_trainable(false);
  const Functional model(x, convolution(layer_of({"RandAugment", Config::Map{}})(x)));
  const FrozenSplit split = split_frozen(lower(model));
  EXPECT_EQ(split.prefix.nodes.size(), 1U) << "only the image is kept";
}

}  // namespace
}  // namespace thaw
