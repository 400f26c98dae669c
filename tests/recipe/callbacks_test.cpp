// Callbacks and metrics in a recipe: they go through its checkpoint.

#include <gtest/gtest.h>

#include <atomic>

#include "recipe/small_recipe.h"
#include "support/engine.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/recipe/recipe.h"

namespace thaw {
namespace {

using testing::changed;
using testing::images;
using testing::small_base;
using testing::small_options;
using testing::StopAfter;
using testing::weights;

using Names = std::vector<std::string>;

/// Its monitored number never gets better by so much: each stage ends after its second epoch, with
/// the weights of the first.
constexpr const char* stopping =
    "early_stopping@monitor=loss,min_delta=100,patience=1,restore_best_weights=true";

TEST(RecipeCallbacks, end_a_stage_early_and_the_next_begins) {
  const auto data = images(45, 1);
  const auto callback = make_callback(stopping);
  RecipeOptions options = small_options();
  options.callbacks = {callback.get()};
  Recipe recipe(small_base(), 3, options);
  ASSERT_TRUE(recipe.run(testing::engine(), data, nullptr));
  ASSERT_EQ(recipe.stages().size(), 2U);
  for (const StageReport& stage : recipe.stages()) EXPECT_EQ(stage.epochs.size(), 2U);
}

TEST(RecipeCallbacks, interrupted_anywhere_and_resumed_equal_uninterrupted) {
  const auto data = images(45, 1);
  for (const char* text :
       {stopping, "reduce_lr_on_plateau@monitor=accuracy,patience=1,factor=0.5"}) {
    const auto callback = make_callback(text);
    RecipeOptions options = small_options();
    options.callbacks = {callback.get()};
    Recipe whole(small_base(), 3, options);
    ASSERT_TRUE(whole.run(testing::engine(), data, nullptr));
    const auto expected = weights(whole.model());
    // 6 steps an epoch; with `stopping` 12 a stage.
    for (const int steps : {3, 8, 11, 13, 20}) {
      const testing::TemporaryFolder folder;
      std::atomic<bool> stop = false;
      StopAfter watch(steps, stop);
      const auto first_callback = make_callback(text);
      options.callbacks = {first_callback.get(), &watch};
      options.stop = &stop;
      options.checkpoint = CheckpointOptions{
          .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
      Recipe first(small_base(), 3, options);
      ASSERT_FALSE(first.run(testing::engine(), data, nullptr)) << text << steps;
      stop = false;
      const auto second_callback = make_callback(text);
      options.callbacks = {second_callback.get()};
      Recipe second(small_base(), 3, options);
      ASSERT_TRUE(second.run(testing::engine(), data, nullptr)) << text << steps;
      EXPECT_EQ(changed(expected, weights(second.model())), Names{}) << text << steps;
      ASSERT_EQ(second.stages().size(), whole.stages().size());
      for (size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(second.stages()[i].epochs.size(), whole.stages()[i].epochs.size());
        EXPECT_EQ(second.stages()[i].epochs.back().logs, whole.stages()[i].epochs.back().logs);
      }
    }
  }
}

}  // namespace
}  // namespace thaw
