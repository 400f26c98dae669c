// Three steps of the recipe against Keras: losses and every weight after each of them.

#include <gtest/gtest.h>

#include <cmath>

#include "support/golden_file.h"
#include "thaw/data/array_dataset.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/zero_padding_2d.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

/// small_base() of tools/golden/training.py.
Functional small_base() {
  const auto normalize = [](const Symbol& x, const char* name) {
    return batch_normalization({.momentum = 0.9F, .name = name})(x);
  };
  const auto rectify = [](const Symbol& x, const char* name) {
    return relu({.max_value = 6.0F, .name = name})(x);
  };
  const auto project = [](const Symbol& x, int64_t filters, const char* name) {
    return conv_2d({.filters = filters, .kernel_size = 1, .use_bias = false, .name = name})(x);
  };
  const Symbol image = input({12, 10, 3}, "image");
  Symbol x = zero_padding_2d({.padding = {0, 1, 0, 1}, .name = "pad"})(image);
  x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .use_bias = false, .name = "conv1"})(
      x);
  x = rectify(normalize(x, "bn1"), "relu1");
  const Symbol skip = x;
  x = rectify(normalize(project(x, 16, "expand"), "expand_bn"), "expand_relu");
  x = depthwise_conv_2d(
      {.kernel_size = 3, .padding = "same", .use_bias = false, .name = "depthwise"})(x);
  x = rectify(normalize(x, "depthwise_bn"), "depthwise_relu");
  x = normalize(project(x, 8, "project"), "project_bn");
  x = add({.name = "add"})({skip, x});
  x = conv_2d(
      {.filters = 12, .kernel_size = 3, .padding = "same", .use_bias = false, .name = "conv2"})(x);
  x = rectify(normalize(x, "bn2"), "relu2");
  return Functional(image, x, "base");
}

Optimizer optimizer_named(const std::string& name) {
  if (name == "adam") return adam({.learning_rate = 1e-3});
  if (name == "sgd") return sgd({.learning_rate = 0.01});
  if (name == "sgd_momentum") return sgd({.learning_rate = 0.01, .momentum = 0.9});
  EXPECT_EQ(name, "sgd_nesterov");
  return sgd({.learning_rate = 0.01, .momentum = 0.9, .nesterov = true});
}

struct RecipeRun {
  RecipeRun(const GoldenFile& file, int64_t index)
      : golden(file), prefix("run" + std::to_string(index) + "/"), base(small_base()) {
    const std::string which = golden.text(prefix + "which");
    base.set_trainable(which != "head");
    if (which == "top5")
      for (const Layer& layer : base.layers().first(base.layers().size() - 5))
        layer.set_trainable(false);
    const Symbol image = input({12, 10, 3});
    const bool training = golden.number(prefix + "training") != 0;
    const Symbol features = training ? base(image) : base(image, {.training = false});
    const Layer head = dense({.units = 4, .activation = "softmax", .name = "output_layer"});
    model =
        std::make_unique<Model>(image, head(global_average_pooling_2d({.name = "pool"})(features)));
    for (const Layer& layer : base.layers()) take(layer);
    take(head);
  }

  void take(const Layer& layer) {
    for (const auto& variable : layer.variables()) {
      variables.emplace_back(layer.name() + "/" + variable->name(), variable);
      variable->assign(golden.array(prefix + "before/" + variables.back().first));
    }
  }

  const GoldenFile& golden;
  std::string prefix;
  Functional base;
  std::unique_ptr<Model> model;
  std::vector<std::pair<std::string, VariablePtr>> variables;
};

/// Weights and statistics after a step: where Keras names none, the bits of before.
void expect_weights(const RecipeRun& run, const std::string& step) {
  for (const auto& [name, variable] : run.variables) {
    const Tensor before = run.golden.array(run.prefix + "before/" + name);
    const std::string after = run.prefix + step + "after/" + name;
    if (!run.golden.has(after)) {
      EXPECT_EQ(difference(before, variable->value()).largest, 0.0F) << name << " is frozen";
      continue;
    }
    const auto result = difference(run.golden.array(after), variable->value());
    // One step moves a weight by about 1e-3; rounding in another order changes gradients by 1e-5 of
    // themselves, and Adam divides by them.
    EXPECT_LT(result.largest, 2e-5F) << after << ": " << result.to_string();
  }
}

class Recipe : public ::testing::TestWithParam<FeatureCache> {};

TEST_P(Recipe, three_steps_are_those_of_keras) {
  const GoldenFile golden("training/recipe.golden.gz");
  Engine engine({.threads = 2});
  for (int64_t i = 0; i < golden.number("runs"); ++i) {
    const RecipeRun run(golden, i);
    SCOPED_TRACE(run.prefix + ": " + golden.text(run.prefix + "which") + ", " +
                 golden.text(run.prefix + "optimizer") +
                 ", batch normalization in training mode: " + golden.text(run.prefix + "training"));
    EXPECT_EQ(run.model->count_trainable_parameters(), golden.number(run.prefix + "trainable"));
    run.model->compile({.optimizer = optimizer_named(golden.text(run.prefix + "optimizer")),
                        .loss = "categorical_crossentropy"});
    const Tensor losses = golden.array(run.prefix + "losses");
    for (int step = 0; step < 3; ++step) {
      const std::string name = "step" + std::to_string(step) + "/";
      const ArrayDataset batch(golden.array(run.prefix + name + "x"),
                               golden.array(run.prefix + name + "y"));
      const History history = run.model->fit(
          engine, batch, {.epochs = 1, .batch_size = 6, .shuffle = false, .cache = GetParam()});
      ASSERT_EQ(history.values("loss").size(), 1U);
      EXPECT_NEAR(history.values("loss")[0], losses.values()[static_cast<size_t>(step)], 1e-5);
      expect_weights(run, name);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Recipe,
                         ::testing::Values(FeatureCache::automatic, FeatureCache::off),
                         [](const auto& parameter) {
                           return parameter.param == FeatureCache::off ? "without_cache"
                                                                       : "with_cache";
                         });

}  // namespace
}  // namespace thaw
