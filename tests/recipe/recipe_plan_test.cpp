#include "thaw/recipe/recipe_plan.h"

#include <gtest/gtest.h>

#include <map>

#include "thaw/applications/application.h"
#include "thaw/recipe/recipe.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

constexpr int64_t classes = 10;

struct Planned {
  RecipePlan plan;
  int64_t feature_row_bytes = 0;
};

/// The plan of the recipe whose second stage trains the last `unfreeze` layers.
Planned planned(const std::string& network, std::optional<int64_t> unfreeze, int64_t size = 224) {
  auto [application, options] = applications::find(network);
  options.input_shape = {size, size, 3};
  options.include_top = false;
  options.weights = "none";
  RecipeOptions recipe_options;
  recipe_options.stages.back().unfreeze = unfreeze;
  if (unfreeze == 0) recipe_options.stages.pop_back();
  Recipe recipe(applications::create(*application, options), classes, recipe_options);
  return {recipe.plan(cpu_traits()), recipe.feature_row_bytes()};
}

/// How many operations of a kind the passes merged, by "pass: kind"; replaced ones as "pass: kind
/// -> kind"; what is left to run as "run: kind".
std::map<std::string, int> counts(const RecipePlan& plan) {
  std::map<std::string, int> result;
  for (const FrozenPart& part : plan.frozen) {
    for (const PassReport& pass : part.passes) {
      for (const auto& [layer, what] : pass.changes.merged) ++result[pass.name + ": " + what];
      for (size_t i = 0; i < pass.changes.replaced.size(); ++i) {
        ++result[pass.name + ": " + pass.changes.replaced[i].what + " -> " +
                 pass.changes.by[i].what];
      }
    }
    for (const auto& [layer, what] : part.run) ++result["run: " + what];
  }
  return result;
}

using Counts = std::map<std::string, int>;

TEST(RecipePlan, folds_and_fuses_all_of_mobilenet_v2) {
  // Keras's MobileNetV2 has 52 batch normalizations, each after one of 35 convolutions and 17
  // depthwise ones; 35 ReLU6; 10 blocks with a residual; 4 blocks of stride 2 with padding.
  const auto [plan, row_bytes] = planned("mobilenet_v2@alpha=0.35", 5);
  EXPECT_EQ(counts(plan), (Counts{{"absorb_padding: zero padding", 4},
                                  {"fold_batch_norm: batch normalization", 52},
                                  {"fuse: activation", 35},
                                  {"fuse: residual sum", 10},
                                  {"run: convolution", 35},
                                  {"run: depthwise convolution", 17},
                                  {"run: global average pooling", 1}}));
  ASSERT_EQ(plan.frozen.size(), 2U);
  EXPECT_EQ(plan.frozen[0].biases + plan.frozen[1].biases, 52);
  ASSERT_EQ(plan.frozen[0].kept.size(), 1U);
  EXPECT_EQ(plan.frozen[0].kept[0].layer, "mobilenetv2_0.35_224/block_16_depthwise_relu");
  EXPECT_EQ(plan.frozen[0].kept[0].shape, (Shape{7, 7, 336}));
  EXPECT_EQ(plan.frozen[1].kept[0].shape, (Shape{1280}));
  EXPECT_EQ(plan.row_bytes(), (7 * 7 * 336 + 1280) * 4);
  EXPECT_EQ(plan.row_bytes(), row_bytes);
  ASSERT_EQ(plan.stages.size(), 2U);
  EXPECT_EQ(plan.begin_of(plan.stages[0]), 1U);
  EXPECT_EQ(plan.begin_of(plan.stages[1]), 0U);
  EXPECT_EQ(plan.stages[0].fit.trained_parameters(), 1280 * classes + classes);
  // block_16_project and its normalization, Conv_1 and its, the head.
  EXPECT_EQ(plan.stages[1].fit.trained_parameters(),
            336 * 112 + 2 * 112 + 112 * 1280 + 2 * 1280 + 1280 * classes + classes);
  for (const StagePlan& stage : plan.stages) EXPECT_TRUE(stage.fit.random_layers.empty());
}

TEST(RecipePlan, leaves_the_preactivations_of_resnet_v2) {
  // Of 16 kernels of 3×3, 13 have stride 1, and those of 2×2 pixels fill no tile.
  // 16 blocks, each normalizing its input, which other layers read too, and the end likewise; two
  // convolutions a block have their own normalization.
  const auto [plan, row_bytes] = planned("resnet50_v2", 5, 64);
  EXPECT_EQ(counts(plan), (Counts{{"absorb_padding: zero padding", 17},
                                  {"fold_batch_norm: batch normalization", 32},
                                  {"fold_batch_norm: batch normalization -> scale and offset", 17},
                                  {"fuse: activation", 49},
                                  {"fuse: residual sum", 16},
                                  {"run: Winograd convolution", 10},
                                  {"run: convolution", 43},
                                  {"run: global average pooling", 1},
                                  {"run: max pooling", 4},
                                  {"run: scale and offset", 17},
                                  {"run: zero padding", 1},
                                  {"winograd: convolution -> Winograd convolution", 10}}));
  ASSERT_EQ(plan.frozen[0].kept.size(), 2U) << "the branch and the shortcut";
  EXPECT_EQ(plan.row_bytes(), (2 * 2 * (512 + 2048) + 2048) * 4);
  EXPECT_EQ(plan.row_bytes(), row_bytes);
}

TEST(RecipePlan, shows_what_a_cut_between_convolution_and_normalization_costs) {
  EXPECT_EQ(counts(planned("mobilenet", 0, 64).plan)["fold_batch_norm: batch normalization"], 27);
  // layers[-5:] of MobileNet begin with the normalization of the last depthwise convolution.
  auto split = counts(planned("mobilenet", 5, 64).plan);
  EXPECT_EQ(split["fold_batch_norm: batch normalization"], 26);
  EXPECT_EQ(split["fold_batch_norm: batch normalization -> scale and offset"], 1);
}

TEST(RecipePlan, knows_a_network_without_batch_normalization) {
  auto all = counts(planned("squeezenet", 5, 64).plan);
  EXPECT_EQ(all["fold_batch_norm: batch normalization"], 0);
  EXPECT_EQ(all["fuse: activation"], 25);
  EXPECT_EQ(all["run: convolution"] + all["run: Winograd convolution"], 25);
  EXPECT_EQ(all["run: concatenation"], 8);
}

TEST(RecipePlan, keeps_the_images_where_all_layers_train) {
  const auto [plan, row_bytes] = planned("mobilenet_v2@alpha=0.35", std::nullopt, 32);
  ASSERT_EQ(plan.frozen.size(), 2U);
  EXPECT_TRUE(plan.frozen[0].kept[0].is_sample);
  EXPECT_TRUE(plan.frozen[0].run.empty());
  EXPECT_EQ(plan.row_bytes(), (32 * 32 * 3 + 1280) * 4);
  EXPECT_EQ(plan.row_bytes(), row_bytes);
}

TEST(RecipePlan, is_measured_part_by_part_and_stage_by_stage) {
  const auto [plan, row_bytes] = planned("mobilenet_v2@alpha=0.35", 5, 32);
  RecipeOptions options;
  Engine engine({.threads = 1});
  options.batch_size = 4;
  const RecipeTimes times = measure(engine, plan, options);
  EXPECT_EQ(times.threads, 1);
  ASSERT_EQ(times.frozen_seconds.size(), 2U);
  ASSERT_EQ(times.steps.size(), 2U);
  // The lower part holds nearly all of the network; the head alone is next to nothing.
  EXPECT_GT(times.frozen_seconds[0], times.frozen_seconds[1]);
  EXPECT_GT(times.steps[1].total(), times.steps[0].total());
  EXPECT_GT(times.images_per_second(), 0);
}

}  // namespace
}  // namespace thaw
