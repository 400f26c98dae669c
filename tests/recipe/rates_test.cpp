// Schedules, decay by depth and averages of weights in a recipe.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "recipe/small_recipe.h"
#include "support/engine.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/recipe/recipe.h"
#include "thaw/recipe/stage_optimizer.h"

namespace thaw {
namespace {

using testing::changed;
using testing::contains;
using testing::error_of;
using testing::images;
using testing::small_options;
using testing::StopAfter;
using testing::weights;

using Names = std::vector<std::string>;

/// Three blocks by their layers' names, of one convolution each.
Functional base_of_blocks() {
  const Symbol image = input({8, 8, 3});
  Symbol x = image;
  for (const char* name : {"block_1_conv", "block_2_conv", "block_3_conv"})
    x = conv_2d({.filters = 4, .kernel_size = 3, .activation = "relu", .name = name})(x);
  const Functional base(image, x, "base");
  base.initialize_weights(7);
  return base;
}

RecipeOptions options_of(const StageOptions& how) {
  RecipeOptions options = small_options();
  for (StageOptions& stage : options.stages) {
    stage.schedule = how.schedule;
    stage.warmup = how.warmup;
    stage.layer_decay = how.layer_decay;
    stage.ema = how.ema;
  }
  return options;
}

std::map<std::string, Tensor> trained(const RecipeOptions& options,
                                      std::vector<Logs>* averaged = nullptr) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  Recipe recipe(base_of_blocks(), 3, options);
  EXPECT_TRUE(recipe.run(testing::engine(), data, &validation));
  for (const StageReport& stage : recipe.stages())
    if (averaged != nullptr) averaged->push_back(stage.averaged);
  const auto logs = recipe.model().evaluate(testing::engine(), validation);
  if (const Logs& own = recipe.stages().back().averaged; !own.empty()) {
    EXPECT_NEAR(own[0].second, logs[0].second, 1e-5) << "they are the model's";
  }
  return weights(recipe.model());
}

const std::vector<StageOptions> settings = {
    {.schedule = ScheduleKind::cosine, .warmup = 0.2},
    {.schedule = ScheduleKind::one_cycle, .layer_decay = 0.5},
    {.ema = 0.8},
    {.schedule = ScheduleKind::cosine, .layer_decay = 0.7, .ema = 0.5}};

TEST(Rates, of_every_kind_change_what_is_learned_and_usual_ones_do_not) {
  const auto usual = trained(small_options());
  EXPECT_EQ(changed(usual, trained(options_of({.warmup = 0, .layer_decay = 1}))), Names{});
  for (const StageOptions& how : settings)
    EXPECT_FALSE(changed(usual, trained(options_of(how))).empty());
}

TEST(Rates, interrupted_anywhere_and_resumed_equal_uninterrupted) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  for (const StageOptions& how : settings) {
    RecipeOptions options = options_of(how);
    std::vector<Logs> averaged;
    const auto expected = trained(options, &averaged);
    EXPECT_EQ(averaged[1].size(), how.ema ? 2U : 0U) << "val_loss and val_accuracy";
    for (const int steps : {0, 1, 6, 9, 18, 19, 35}) {
      const testing::TemporaryFolder folder;
      std::atomic<bool> stop = steps == 0;
      StopAfter watch(steps, stop);
      options.callbacks = {&watch};
      options.stop = &stop;
      options.checkpoint = CheckpointOptions{
          .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
      Recipe first(base_of_blocks(), 3, options);
      ASSERT_FALSE(first.run(testing::engine(), data, &validation)) << steps;
      stop = false;
      options.callbacks = {};
      Recipe second(base_of_blocks(), 3, options);
      ASSERT_TRUE(second.run(testing::engine(), data, &validation)) << steps;
      EXPECT_EQ(changed(expected, weights(second.model())), Names{}) << steps;
      EXPECT_EQ(second.stages()[0].options.schedule, how.schedule);
      EXPECT_EQ(second.stages()[0].options.ema, how.ema);
      for (size_t i = 0; i < 2; ++i)
        EXPECT_EQ(second.stages()[i].averaged, averaged[i]) << steps << " stage " << i;
    }
  }
}

/// Copies the state at the start of each epoch, which is what a process that dies in it leaves.
class CopyStates : public Callback {
 public:
  explicit CopyStates(std::filesystem::path state) : state_(std::move(state)) {}
  void on_epoch_begin(TrainingControl&, int) override {
    if (!std::filesystem::exists(state_)) return;
    copies.push_back(state_.string() + std::to_string(copies.size()));
    std::filesystem::copy_file(state_, copies.back());
  }
  std::vector<std::filesystem::path> copies;

 private:
  std::filesystem::path state_;
};

/// Between two stages weights have become averages, which the last state has beside them.
TEST(Rates, averages_are_taken_by_a_run_that_dies_between_stages) {
  const auto data = images(45, 1);
  const testing::TemporaryFolder folder;
  setenv("THAW_CHECKPOINT_SECONDS", "0", 1);
  CopyStates copy(folder.path() / "state");
  RecipeOptions options = options_of({.ema = 0.9});
  options.callbacks = {&copy};
  options.checkpoint = CheckpointOptions{
      .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
  Recipe whole(base_of_blocks(), 3, options);
  ASSERT_TRUE(whole.run(testing::engine(), data, nullptr));
  unsetenv("THAW_CHECKPOINT_SECONDS");
  const auto expected = weights(whole.model());
  ASSERT_EQ(copy.copies.size(), 5U);
  options.callbacks = {};
  for (const auto& state : copy.copies) {
    options.checkpoint->path = state;
    Recipe second(base_of_blocks(), 3, options);
    // Asked to stop before it has read an image, it has not ended the stage either.
    std::atomic<bool> stop = true;
    options.stop = &stop;
    ASSERT_FALSE(Recipe(base_of_blocks(), 3, options).run(testing::engine(), data, nullptr));
    options.stop = nullptr;
    ASSERT_TRUE(second.run(testing::engine(), data, nullptr)) << state;
    EXPECT_EQ(changed(expected, weights(second.model())), Names{}) << state;
  }
}

TEST(Rates, fall_from_block_to_block) {
  const Functional base = base_of_blocks();
  std::map<std::string, double> by_layer;
  for (const auto& [variable, rate] : block_rates(base, 0.5)) {
    for (const Layer& layer : base.layers()) {
      const auto own = layer.variables();
      if (std::ranges::find(own, variable) != own.end()) by_layer[layer.name()] = rate;
    }
  }
  EXPECT_EQ(by_layer, (std::map<std::string, double>{
                          {"block_1_conv", 0.25}, {"block_2_conv", 0.5}, {"block_3_conv", 1}}));
  EXPECT_TRUE(block_rates(base, 1).empty());
}

/// With plain gradients one step from the same weights is as long as the rate.
TEST(Rates, of_lower_blocks_move_them_less) {
  const auto step_of = [](double decay) {
    const auto data = images(8, 1);
    RecipeOptions options;
    options.stages = {{.name = "only",
                       .epochs = 1,
                       .learning_rate = 1e-2,
                       .unfreeze = std::nullopt,
                       .layer_decay = decay}};
    options.optimizer = "sgd";
    options.batch_size = 8;
    Recipe recipe(base_of_blocks(), 3, options);
    const auto before = weights(recipe.model());
    EXPECT_TRUE(recipe.run(testing::engine(), data, nullptr));
    std::map<std::string, double> moved;
    for (const auto& [name, value] : weights(recipe.model())) {
      for (size_t i = 0; i < value.values().size(); ++i)
        moved[name] += std::abs(double{value.values()[i]} - before.at(name).values()[i]);
    }
    return moved;
  };
  auto whole = step_of(1);
  auto decayed = step_of(0.5);
  for (const auto& [block, rate] : std::map<std::string, double>{{"block_1_conv", 0.25},
                                                                 {"block_2_conv", 0.5},
                                                                 {"block_3_conv", 1},
                                                                 {"output_layer", 1}}) {
    ASSERT_GT(whole[block + "/kernel"], 0) << block;
    // Steps are small beside the weights that they are read off.
    EXPECT_NEAR(decayed[block + "/kernel"] / whole[block + "/kernel"], rate, 2e-3) << block;
  }
}

TEST(Rates, that_contradict_each_other_are_refused) {
  const auto refused = [](const StageOptions& how, const std::string& optimizer) {
    RecipeOptions options = options_of(how);
    options.optimizer = optimizer;
    return error_of<UsageError>([&] {
      Recipe recipe(base_of_blocks(), 3, options);
      recipe.model_bytes();
    });
  };
  EXPECT_TRUE(contains(refused({.layer_decay = 0}, "adam"), "layer decay above 0"));
  EXPECT_TRUE(contains(refused({.warmup = 1}, "adam"), "warm-up from 0 to below 1"));
  EXPECT_TRUE(contains(refused({.ema = 2}, "adam"), "ema_momentum from 0 to 1"));
  EXPECT_TRUE(contains(refused({.ema = 0.9}, "adam@use_ema=true"), "leave one of them out"));
}

}  // namespace
}  // namespace thaw
