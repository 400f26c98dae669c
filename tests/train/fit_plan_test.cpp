#include "thaw/train/fit_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "thaw/compile/lower.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/runtime/cpu/device.h"
#include "thaw/train/fit_times.h"
#include "thaw/train/optimizers/adam.h"

namespace thaw {
namespace {

FitPlan plan_of(const Functional& model) {
  return make_fit_plan(lower(model), loss_types::find("categorical_crossentropy"), cpu_traits());
}

void freeze(const Functional& model, std::initializer_list<const char*> layers) {
  for (const char* layer : layers) model.get_layer(layer).set_trainable(false);
}

Layer conv(const char* name) {
  return conv_2d({.filters = 4, .kernel_size = 3, .padding = "same", .name = name});
}

Symbol head(const Symbol& x) {
  return dense({.units = 3, .activation = "softmax", .name = "head"})(
      global_average_pooling_2d({.name = "mean"})(x));
}

TEST(FitPlan, keeps_branch_and_shortcut_at_a_residual_cut) {
  const Symbol image = input({8, 8, 3}, "image");
  const Symbol shortcut = conv("conv1")(image);
  const Symbol branch = conv("conv2")(shortcut);
  const Functional model(image, head(add({.name = "sum"})({shortcut, conv("conv3")(branch)})));
  model.initialize_weights(1);
  freeze(model, {"conv1", "conv2"});
  const FitPlan plan = plan_of(model);
  ASSERT_EQ(plan.frozen.size(), 1U);
  const FrozenPart& part = plan.frozen[0];
  ASSERT_EQ(part.kept.size(), 2U);
  std::vector<std::string> kept{part.kept[0].layer, part.kept[1].layer};
  std::ranges::sort(kept);
  EXPECT_EQ(kept, (std::vector<std::string>{"conv1", "conv2"}));
  EXPECT_EQ(part.row_bytes(), 2 * 8 * 8 * 4 * 4);
  ASSERT_EQ(plan.trained.size(), 2U);
  EXPECT_EQ(plan.trained[0].name, "conv3");
  EXPECT_EQ(plan.trained[0].parameters, 3 * 3 * 4 * 4 + 4);
  EXPECT_EQ(plan.trained_parameters(), model.count_trainable_parameters());
  EXPECT_TRUE(plan.random_layers.empty());
  EXPECT_TRUE(plan.repeated.empty());
}

/// conv1 → dropout → conv2 → head.
Functional with_dropout(CallOptions call = {}) {
  const Symbol image = input({8, 8, 3}, "image");
  const Symbol x = dropout({.rate = 0.2F, .name = "chance"})(conv("conv1")(image), call);
  const Functional model(image, head(conv("conv2")(x)));
  model.initialize_weights(1);
  return model;
}

TEST(FitPlan, says_which_frozen_layers_a_dropout_below_them_repeats) {
  const Functional model = with_dropout();
  freeze(model, {"conv1", "conv2"});
  const FitPlan plan = plan_of(model);
  EXPECT_EQ(plan.random_layers, std::vector<std::string>{"chance"});
  EXPECT_EQ(plan.repeated, (std::vector<LayerOperation>{{"conv2", "convolution"},
                                                        {"mean", "global average pooling"}}));
  EXPECT_EQ(plan.frozen.back().kept[0].layer, "conv1") << "what is kept ends below the dropout";
}

TEST(FitPlan, blames_no_dropout_that_trained_layers_are_below_or_that_does_nothing) {
  const Functional above = with_dropout();
  EXPECT_TRUE(plan_of(above).random_layers.empty());
  const Functional quiet = with_dropout({.training = false});
  freeze(quiet, {"conv1", "conv2"});
  EXPECT_TRUE(plan_of(quiet).random_layers.empty());
  EXPECT_EQ(plan_of(quiet).frozen.back().kept[0].layer, "mean");
}

TEST(FitPlan, names_a_dropout_before_the_head_though_it_repeats_nothing) {
  const Symbol image = input({8, 8, 3}, "image");
  const Symbol x = global_average_pooling_2d({.name = "mean"})(conv("conv1")(image));
  const Functional model(image, dense({.units = 3, .activation = "softmax", .name = "head"})(
                                    dropout({.name = "chance"})(x)));
  model.initialize_weights(1);
  freeze(model, {"conv1"});
  const FitPlan plan = plan_of(model);
  EXPECT_EQ(plan.random_layers, std::vector<std::string>{"chance"});
  EXPECT_TRUE(plan.repeated.empty());
}

TEST(FitPlan, counts_statistics_apart_from_parameters) {
  const Symbol image = input({8, 8, 3}, "image");
  const Functional model(image, head(batch_normalization({.name = "bn"})(conv("conv1")(image))));
  model.initialize_weights(1);
  freeze(model, {"conv1"});
  const FitPlan plan = plan_of(model);
  ASSERT_EQ(plan.trained.size(), 2U);
  EXPECT_EQ(plan.trained[0].name, "bn");
  EXPECT_EQ(plan.trained[0].parameters, 2 * 4);
  EXPECT_EQ(plan.trained[0].statistics, 2 * 4);
}

TEST(FitTimes, are_measured_without_a_trace_in_the_weights) {
  const Symbol image = input({8, 8, 3}, "image");
  const Functional model(image, head(batch_normalization({.name = "bn"})(conv("conv1")(image))));
  model.initialize_weights(1);
  freeze(model, {"conv1"});
  std::vector<Tensor> before;
  for (const VariablePtr& variable : model.variables()) before.push_back(variable->value().clone());
  const FitPlan plan = plan_of(model);
  Engine engine({.threads = 1});
  EXPECT_GT(measure_frozen_part(engine, plan.frozen[0]), 0);
  const StepTimes step = measure_step(engine, plan, adam({.learning_rate = 0.1}), 4);
  EXPECT_GT(step.forward, 0);
  EXPECT_GT(step.backward, 0);
  EXPECT_GT(step.optimizer, 0);
  const auto variables = model.variables();
  for (size_t i = 0; i < variables.size(); ++i) {
    const auto now = variables[i]->value().values();
    EXPECT_EQ(std::memcmp(now.data(), before[i].data(), now.size_bytes()), 0)
        << variables[i]->name();
  }
}

}  // namespace
}  // namespace thaw
