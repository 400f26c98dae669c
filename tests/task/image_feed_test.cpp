#include "thaw/task/image_feed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "support/engine.h"
#include "support/error_of.h"
#include "thaw/applications/application.h"
#include "thaw/core/random.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/multiply.h"
#include "thaw/graph/layers/permute.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/subtract.h"
#include "thaw/task/image_form.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

constexpr int side = 24;

/// Smooth images of a photograph's mean and deviation, in pixels of 0 … 255.
Tensor photographs(int count, int channels, const Preprocessing& how) {
  Tensor x = Tensor::zeros({count, side, side, channels});
  Random random(11, 0);
  auto values = x.values();
  for (int i = 0; i < count; ++i) {
    float wave[3][3];
    for (auto& one : wave)
      for (float& number : one) number = random.uniform(-1.0F, 1.0F);
    for (int p = 0; p < side * side; ++p) {
      const float row = static_cast<float>(p / side) / side;
      const float column = static_cast<float>(p % side) / side;
      float light = 0;
      for (const auto& one : wave)
        light += std::sin(4 * (one[0] * row + one[1] * column) + 6 * one[2]);
      float pixel[3];
      for (int c = 0; c < 3; ++c)
        pixel[c] =
            124.0F - 10.0F * static_cast<float>(c) + 50 * light + random.uniform(-15.0F, 15.0F);
      if (channels == 3) how.apply(pixel);
      if (channels == 1) how.apply_to_grey({pixel, 1});
      for (int c = 0; c < channels; ++c)
        values[static_cast<size_t>((i * side * side + p) * channels + c)] = pixel[c];
    }
  }
  return x;
}

/// A network whose first batch normalization has seen photographs prepared like this.
Functional trained_on(const Preprocessing& how, int channels = 3,
                      const char* activation = "linear") {
  const Symbol image = input({side, side, channels});
  const Symbol filtered =
      conv_2d({.filters = 16, .kernel_size = 3, .activation = activation})(image);
  const Layer norm = batch_normalization({});
  const Symbol end =
      dense({.units = 3, .activation = "softmax"})(global_average_pooling_2d()(norm(filtered)));
  const Functional model(image, end, "trained");
  model.initialize_weights(5);
  const Tensor seen =
      Model(Functional(image, filtered)).predict(testing::engine(), photographs(40, channels, how));
  Tensor mean = Tensor::zeros({16});
  Tensor variance = Tensor::zeros({16});
  const int64_t pixels = seen.elements() / 16;
  for (int k = 0; k < 16; ++k) {
    double sum = 0;
    double squares = 0;
    for (int64_t p = 0; p < pixels; ++p) {
      const double value = std::as_const(seen).values()[static_cast<size_t>(p * 16 + k)];
      sum += value;
      squares += value * value;
    }
    const double m = sum / static_cast<double>(pixels);
    mean.values()[static_cast<size_t>(k)] = static_cast<float>(m);
    variance.values()[static_cast<size_t>(k)] =
        static_cast<float>(squares / static_cast<double>(pixels) - m * m);
  }
  for (const VariablePtr& variable : norm.variables()) {
    if (variable->name() == "moving_mean") variable->assign(mean);
    if (variable->name() == "moving_variance") variable->assign(variance);
  }
  return model;
}

Functional untrained(const char* name = "small") {
  const Symbol image = input({side, side, 3});
  const Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .activation = "relu"})(image);
  return {image, dense({.units = 3, .activation = "softmax"})(global_average_pooling_2d()(x)),
          name};
}

TEST(ImageFeed, IsConcludedFromWhatTheFirstBatchNormalizationLearned) {
  for (const char* name : {"none", "unit", "tf"}) {
    SCOPED_TRACE(name);
    const auto feed = find_image_feed(trained_on(preprocessing(name)));
    ASSERT_TRUE(feed.has_value());
    EXPECT_EQ(feed->preprocessing.name(), name);
    EXPECT_TRUE(feed->is_concluded);
  }
}

TEST(ImageFeed, IsConcludedBehindARectifierToo) {
  for (const char* name : {"none", "unit", "tf"}) {
    const auto feed = find_image_feed(trained_on(preprocessing(name), 3, "relu"));
    ASSERT_TRUE(feed.has_value()) << name;
    EXPECT_EQ(feed->preprocessing.name(), name);
  }
}

TEST(ImageFeed, IsConcludedForGreyNetworksToo) {
  const auto feed = find_image_feed(trained_on(preprocessing("unit"), 1));
  ASSERT_TRUE(feed.has_value());
  EXPECT_EQ(feed->preprocessing.name(), "unit");
}

TEST(ImageFeed, IsDoubtedWhereTheNetworkLearnedFromOtherValues) {
  const Functional model = trained_on(preprocessing("unit"));
  EXPECT_EQ(doubt_about(model, preprocessing("unit")), "");
  const std::string doubt = doubt_about(model, preprocessing("none"));
  EXPECT_TRUE(contains(doubt, "--preprocessing unit")) << doubt;
}

TEST(ImageFeed, IsAskedForWhereNothingTellsAndTheLikeliestComesFirst) {
  const Functional model = untrained();
  EXPECT_FALSE(find_image_feed(model).has_value());
  const std::string message = error_of<UnknownPreprocessing>([&] { (void)image_form(model); });
  EXPECT_TRUE(contains(message, "give --preprocessing, most likely unit")) << message;
  EXPECT_TRUE(contains(message, "thaw convert")) << message;
}

TEST(ImageFeed, AnAnswerThatIsNotedInTheModelIsKept) {
  const Functional model = untrained();
  note_form(model, {.preprocessing = Preprocessing::from_text("mean=0.5,std=0.25,scale=1/255")});
  const FoundForm found = find_form(model);
  EXPECT_EQ(found.options.preprocessing, Preprocessing::from_text("mean=0.5,std=0.25,scale=1/255"));
  EXPECT_EQ(found.why, "noted in the file");
}

/// What is fed to a network whose first layers are `prepare`.
std::string feed_of(const std::function<std::vector<Symbol>(const Symbol&)>& prepare) {
  const Symbol image = input({side, side, 3});
  std::vector<Symbol> features;
  for (const Symbol& x : prepare(image))
    features.push_back(global_average_pooling_2d()(conv_2d({.filters = 4, .kernel_size = 3})(x)));
  const Symbol all = features.size() == 1 ? features[0] : concatenate()(features);
  const auto feed = find_image_feed(Functional(image, dense({.units = 2})(all)));
  return feed ? std::string(feed->preprocessing.name()) : "?";
}

Symbol layer_of(const char* type, Config config, const std::vector<Symbol>& xs) {
  return Layer(layer_types::find(type)->from_config(config))(xs);
}

Symbol mean_of(const Symbol& x, const Config& axes) {
  return layer_of("Mean", Config(Config::Map{}).set("axis", axes).set("keepdims", true), {x});
}

TEST(ImageFeed, IsFoundInBranchesThatAgree) {
  const auto unit = [](const Symbol& x) { return rescaling({.scale = {1 / 255.0F}})(x); };
  const auto tf = [](const Symbol& x) {
    return rescaling({.scale = {1 / 127.5F}, .offset = {-1}})(x);
  };
  const auto twice = [](const Symbol& x) { return rescaling({.scale = {2}, .offset = {-1}})(x); };
  EXPECT_EQ(feed_of([&](const Symbol& x) { return std::vector{unit(x), tf(x)}; }), "none");
  EXPECT_EQ(feed_of([&](const Symbol& x) { return std::vector{unit(x), twice(x)}; }), "?");
  EXPECT_EQ(feed_of([&](const Symbol& x) { return std::vector{unit(x), x}; }), "?");
}

TEST(ImageFeed, IsFoundWhereChannelsAreMovedOnTheWay) {
  const auto permute_to = [](const Symbol& x, std::vector<int64_t> order) {
    return permute({.dims = std::move(order)})(x);
  };
  EXPECT_EQ(feed_of([&](const Symbol& x) {
              const Symbol first = rescaling({.scale = {1 / 255.0F}})(permute_to(x, {3, 1, 2}));
              return std::vector{permute_to(first, {2, 3, 1})};
            }),
            "none");
}

TEST(ImageFeed, IsAnyScaleOnlyWhereImagesAreDividedByTheirOwnMeasure) {
  const Config all = Config::List{1, 2, 3};
  const Config each = Config::List{1, 2};
  for (const Config& axes : {all, each}) {
    const auto centred = [&](const Symbol& x) { return subtract()({x, mean_of(x, axes)}); };
    const auto power = [](const Symbol& x, double exponent) {
      return layer_of("Power", Config(Config::Map{}).set("exponent", exponent), {x});
    };
    EXPECT_EQ(feed_of([&](const Symbol& x) {
                const Symbol variance = mean_of(power(centred(x), 2), axes);
                const Symbol deviation = rescaling({.offset = {0.001F}})(power(variance, 0.5));
                return std::vector{multiply()({centred(x), power(deviation, -1)})};
              }),
              "none");
    EXPECT_EQ(feed_of([&](const Symbol& x) { return std::vector{centred(x)}; }), "?");
    EXPECT_EQ(feed_of([&](const Symbol& x) {
                return std::vector{rescaling({.scale = {1 / 255.0F}})(centred(x))};
              }),
              "none");
  }
}

TEST(ImageFeed, OfANetworkOfKerasIsItsOwnModeAtAnyDepth) {
  for (const auto& [name, mode] : {std::pair("mobilenet_v2", "tf"),
                                   {"resnet50", "caffe"},
                                   {"densenet121", "torch"},
                                   {"efficientnet_b0", "none"},
                                   {"mobilenet_v3_small", "none"},
                                   {"vgg16", "caffe"}}) {
    SCOPED_TRACE(name);
    const auto [network, options] = applications::find(name);
    const Functional base = applications::create(
        *network, {.input_shape = {64, 64, 3}, .include_top = false, .weights = "none"});
    const Symbol image = input({64, 64, 3});
    const Symbol x = global_average_pooling_2d()(base(image, {.training = false}));
    const Functional model(image, dense({.units = 3, .activation = "softmax"})(x), "model");
    const auto feed = find_image_feed(model);
    ASSERT_TRUE(feed.has_value());
    EXPECT_EQ(feed->preprocessing.name(), mode) << feed->why;
  }
}

TEST(ImageFeed, IsNotPreparedTwiceWhereANetworkIsPreparedByLayersBeforeIt) {
  const auto [network, options] = applications::find("resnet50_v2");
  const Functional base = applications::create(
      *network, {.input_shape = {64, 64, 3}, .include_top = false, .weights = "none"});
  const Symbol image = input({64, 64, 3});
  const Symbol x = base(rescaling({.scale = {1 / 127.5F}, .offset = {-1}})(image));
  const Functional model(
      image, dense({.units = 3, .activation = "softmax"})(global_average_pooling_2d()(x)), "model");
  const auto feed = find_image_feed(model);
  ASSERT_TRUE(feed.has_value());
  EXPECT_EQ(feed->preprocessing.name(), "none");
  EXPECT_TRUE(contains(feed->why, "rescaling")) << feed->why;
}

TEST(ImageSize, IsHeightFirstOrOneSide) {
  EXPECT_EQ(ImageSize::from_text("224"), ImageSize(224));
  EXPECT_EQ(ImageSize::from_text("224x160"), ImageSize(224, 160));
  EXPECT_EQ(ImageSize(224, 160).to_text(), "224x160");
  for (const char* text : {"", "0", "x", "224x", "x160", "224x160x3", "-1", "99999", "2e2"}) {
    EXPECT_TRUE(contains(error_of<UsageError>([&] { (void)ImageSize::from_text(text); }),
                         "height and width as in 224x160"))
        << text;
  }
}

TEST(ImageForm, OfANetworkThatTakesNoImagesIsAnError) {
  const Symbol numbers = input({7});
  const Functional model(numbers, dense({.units = 2})(numbers), "numbers");
  EXPECT_TRUE(contains(error_of([&] { (void)image_form(model); }), "expected an input of images"));
}

}  // namespace
}  // namespace thaw
