#include <gtest/gtest.h>

#include <cstring>

#include "support/engine.h"
#include "thaw/core/config.h"
#include "thaw/core/random.h"
#include "thaw/data/array_dataset.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

/// Noise on one of three colours.
ArrayDataset images(int64_t count, uint64_t seed) {
  Random random(seed);
  Tensor x({count, 8, 8, 3});
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    labels.push_back(i % 3);
    float* p = x.data() + i * 192;
    for (int64_t k = 0; k < 192; ++k) p[k] = random.uniform() + (k % 3 == i % 3 ? 0.5F : 0.0F);
  }
  return {x, labels};
}

struct Network {
  Functional base;
  Model model;
};

Network network() {
  const Symbol pixels = input({8, 8, 3});
  Symbol x =
      conv_2d({.filters = 8, .kernel_size = 3, .activation = "relu", .name = "first"})(pixels);
  x = conv_2d({.filters = 8, .kernel_size = 3, .activation = "relu", .name = "second"})(x);
  const Functional base(pixels, x, "base");
  const Symbol image = input({8, 8, 3}, "image");
  x = global_average_pooling_2d()(base(image, {.training = false}));
  x = dropout({.rate = 0.1F})(x);
  Model model(image, dense({.units = 3, .activation = "softmax", .name = "head"})(x));
  model.initialize_weights(3);
  return {base, model};
}

void compile(const Model& model) {
  model.compile({.optimizer = adam({.learning_rate = 0.02}),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
}

std::vector<Tensor> weights(const Functional& model) {
  std::vector<Tensor> result;
  for (const auto& variable : model.variables()) result.push_back(variable->value().clone());
  return result;
}

bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (std::memcmp(a[i].data(), b[i].data(), a[i].values().size_bytes()) != 0) return false;
  return a.size() == b.size();
}

TEST(Fit, learns_to_tell_colours_apart) {
  const auto data = images(100, 1);
  const auto validation = images(50, 2);
  const auto [base, model] = network();
  compile(model);
  const auto history =
      model.fit(testing::engine(), data, {.epochs = 10, .validation_data = validation});
  EXPECT_GT(history.values("val_accuracy").back(), 0.95);
  EXPECT_NEAR(model.evaluate(testing::engine(), validation)[0].second,
              history.values("val_loss").back(), 1e-5);
}

TEST(Fit, leaves_frozen_weights_as_they_were_until_compiled_again) {
  const auto data = images(40, 1);
  const auto [base, model] = network();
  base.set_trainable(false);
  compile(model);
  const auto before = weights(base);
  model.fit(testing::engine(), data, {.epochs = 2});
  EXPECT_TRUE(same_bits(before, weights(base)));
  base.set_trainable(true);
  model.fit(testing::engine(), data, {.epochs = 1});
  EXPECT_TRUE(same_bits(before, weights(base)));
  compile(model);
  model.fit(testing::engine(), data, {.epochs = 1});
  EXPECT_FALSE(same_bits(before, weights(base)));
}

TEST(Fit, gives_the_same_bits_with_and_without_kept_features) {
  const auto data = images(45, 1);
  std::vector<std::vector<Tensor>> results;
  for (const auto cache : {FeatureCache::automatic, FeatureCache::off, FeatureCache::automatic}) {
    const auto [base, model] = network();
    base.get_layer("first").set_trainable(false);
    compile(model);
    model.fit(testing::engine(), data, {.epochs = 3, .seed = 5, .cache = cache});
    results.push_back(weights(model));
  }
  EXPECT_TRUE(same_bits(results[0], results[1]));
  EXPECT_TRUE(same_bits(results[0], results[2]));
}

TEST(Fit, resumed_equals_uninterrupted) {
  const auto data = images(45, 1);
  const auto whole = network().model;
  compile(whole);
  whole.fit(testing::engine(), data, {.epochs = 4, .seed = 5});
  const auto first = network().model;
  compile(first);
  first.fit(testing::engine(), data, {.epochs = 2, .seed = 5});
  const TrainState state = first.train_state();
  const auto second = network().model;
  compile(second);
  second.restore(state);
  EXPECT_EQ(state.position.epoch, 2);
  second.fit(testing::engine(), data,
             {.epochs = 4, .seed = 5, .initial_epoch = state.position.epoch});
  EXPECT_TRUE(same_bits(weights(whole), weights(second)));
}

/// Stops after so many steps.
class StopAfter : public Callback {
 public:
  explicit StopAfter(int steps) : left_(steps) {}
  void on_batch_end(TrainingControl& control, const BatchProgress&) override {
    control.stop_now = --left_ == 0;
  }

 private:
  int left_;
};

void expect_resumed_equals_uninterrupted(Model (*make)()) {
  const auto data = images(45, 1);
  const FitOptions options{.epochs = 3, .batch_size = 8, .validation_data = data, .seed = 5};
  const auto whole = make();
  compile(whole);
  const History expected = whole.fit(testing::engine(), data, options);
  const auto first = make();
  compile(first);
  StopAfter stop(8);  // of 6 steps an epoch
  FitOptions stopped = options;
  stopped.callbacks = {&stop};
  EXPECT_TRUE(first.fit(testing::engine(), data, stopped).interrupted);
  const TrainState state = first.train_state();
  EXPECT_EQ(state.position.epoch, 1);
  EXPECT_EQ(state.position.batch, 2);
  const auto second = make();
  compile(second);
  second.restore(state);
  FitOptions rest = options;
  rest.initial_epoch = state.position.epoch;
  const History history = second.fit(testing::engine(), data, rest);
  EXPECT_TRUE(same_bits(weights(whole), weights(second)));
  ASSERT_EQ(history.logs.size(), 2U);
  EXPECT_EQ(history.logs[0], expected.logs[1]);
}

TEST(Fit, resumed_in_the_middle_of_an_epoch_equals_uninterrupted) {
  expect_resumed_equals_uninterrupted([] { return network().model; });
}

TEST(Fit, resumed_equals_uninterrupted_where_layers_draw_and_replace_kernels) {
  expect_resumed_equals_uninterrupted([] {
    const auto layer = [](const char* class_name, const Config& config) {
      return Layer(layer_types::find(class_name)->from_config(config));
    };
    const Config range = Config::List{0.0, 1.5};
    const Config inner =
        Config::Map{{"class_name", "Conv2D"},
                    {"config", Config::Map{{"filters", 8}, {"kernel_size", 3}, {"name", "inner"}}}};
    const Symbol image = input({8, 8, 3}, "image");
    Symbol x = layer("RandAugment", Config::Map{{"value_range", range}})(image);
    x = layer("RandomErasing", Config::Map{{"value_range", range}})(x);
    x = layer("MixUp", Config::Map{{"alpha", 0.1}})(x);
    x = layer("SpectralNormalization", Config::Map{{"layer", inner}})(x);
    x = global_average_pooling_2d()(x);
    const Model model(image, dense({.units = 3, .activation = "softmax", .name = "head"})(x));
    model.initialize_weights(3);
    return model;
  });
}

}  // namespace
}  // namespace thaw
