#include "thaw/recipe/recipe.h"
#include "support/engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "recipe/small_recipe.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

using testing::changed;
using testing::contains;
using testing::error_of;
using testing::images;
using testing::small_base;
using testing::small_options;
using testing::StopAfter;
using testing::weights;

using Names = std::vector<std::string>;

TEST(Head, is_the_recipes_and_alone_has_new_weights) {
  const Functional base = small_base();
  const auto before = weights(base);
  const Model model = with_head(base, {.classes = 3, .seed = 1});
  EXPECT_EQ(changed(before, weights(base)), Names{});
  EXPECT_EQ(model.layers().back().name(), "output_layer");
  EXPECT_EQ(model.layers().size(), 4U);
  EXPECT_EQ(model.outputs()[0].shape(), Shape{3});
  base.set_trainable(false);
  EXPECT_EQ(model.count_trainable_parameters(), 8 * 3 + 3);
}

TEST(Head, has_one_unit_for_binary_crossentropy_of_two_classes) {
  const Model model = with_head(small_base(), {.classes = 2, .loss = "binary_crossentropy"});
  EXPECT_EQ(model.outputs()[0].shape(), Shape{1});
  EXPECT_NE(error_of<UsageError>([] { with_head(small_base(), {.classes = 1}); }), "");
}

TEST(Recipe, extraction_changes_the_head_alone) {
  const auto data = images(45, 1);
  const Functional base = small_base();
  const auto before = weights(base);
  RecipeOptions options = small_options();
  options.stages.pop_back();
  Recipe recipe(base, 3, options);
  ASSERT_TRUE(recipe.run(testing::engine(), data, nullptr));
  EXPECT_EQ(changed(before, weights(base)), Names{});
  EXPECT_GT(recipe.stages()[0].epochs.back().logs[1].second, 0.6);
}

TEST(Recipe, fine_tuning_changes_the_last_layers_and_never_moves_statistics) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  const Functional base = small_base();
  const auto before = weights(base);
  Recipe recipe(base, 3, small_options());
  ASSERT_TRUE(recipe.run(testing::engine(), data, &validation));
  EXPECT_EQ(changed(before, weights(base)),
            (Names{"bn2/beta", "bn2/gamma", "conv2/bias", "conv2/kernel"}));
  ASSERT_EQ(recipe.stages().size(), 2U);
  EXPECT_EQ(recipe.stages()[0].trainable_parameters, 27);
  EXPECT_EQ(recipe.stages()[1].trainable_parameters, 27 + 8 * 8 * 9 + 8 + 16);
  EXPECT_EQ(recipe.stages()[1].epochs.size(), 3U);
  EXPECT_EQ(recipe.stages()[1].epochs[0].logs.back().first, "val_accuracy");
}

TEST(Recipe, gives_the_same_bits_for_the_same_seed_and_others_for_another) {
  const auto data = images(45, 1);
  std::vector<std::map<std::string, Tensor>> results;
  for (const uint64_t seed : {5, 5, 6}) {
    RecipeOptions options = small_options();
    options.seed = seed;
    Recipe recipe(small_base(), 3, options);
    ASSERT_TRUE(recipe.run(testing::engine(), data, nullptr));
    results.push_back(weights(recipe.model()));
  }
  EXPECT_EQ(changed(results[0], results[1]), Names{});
  EXPECT_FALSE(changed(results[0], results[2]).empty());
}

TEST(Recipe, gives_the_same_bits_with_and_without_kept_features) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  const testing::TemporaryFolder folder;
  const FeatureFolder kept({.folder = folder.path()});
  constexpr int64_t head_only = 65 * 8 * 4;  // room for the pooled features, not for the maps below
  struct Way {
    const char* name;
    FeatureCache cache;
    std::optional<int64_t> bytes;
    std::optional<FeatureFolder> folder;
  };
  const Way ways[] = {{"kept in memory", FeatureCache::automatic, {}, {}},
                      {"computed each time", FeatureCache::off, {}, {}},
                      {"no room at all", FeatureCache::automatic, 0, {}},
                      {"room for the head's alone", FeatureCache::automatic, head_only, {}},
                      {"on disk, not there yet", FeatureCache::automatic, 0, kept},
                      {"on disk, from the run before", FeatureCache::automatic, {}, kept}};
  std::optional<std::map<std::string, Tensor>> expected;
  for (const Way& way : ways) {
    RecipeOptions options = small_options();
    options.cache = way.cache;
    options.cache_bytes = way.bytes;
    options.feature_folder = way.folder;
    Recipe recipe(small_base(), 3, options);
    ASSERT_TRUE(recipe.run(testing::engine(), data, &validation));
    if (!expected) expected = weights(recipe.model());
    EXPECT_EQ(changed(*expected, weights(recipe.model())), Names{}) << way.name;
  }
  EXPECT_EQ(kept.sets().size(), 2U) << "one a stage";
}

/// Counts how often an image is read.
class CountedImages : public ArrayDataset {
 public:
  explicit CountedImages(const ArrayDataset& images) : ArrayDataset(images) {}
  void load(int64_t index, std::span<float> values) const override {
    ++loads;
    ArrayDataset::load(index, values);
  }
  mutable std::atomic<int> loads = 0;
};

TEST(Recipe, begins_at_what_a_run_with_more_trainable_layers_has_kept) {
  const testing::TemporaryFolder folder;
  const CountedImages some(images(30, 1));
  const CountedImages all(images(45, 1));  // 15 of them are new
  RecipeOptions options = small_options();
  options.feature_folder = FeatureFolder({.folder = folder.path()});
  options.stages = {{.name = "more", .epochs = 2, .learning_rate = 1e-3, .unfreeze = 3}};
  Recipe(small_base(), 3, options).run(testing::engine(), some, nullptr);
  EXPECT_EQ(some.loads, 30);
  options.stages = {{.name = "less", .epochs = 2, .learning_rate = 1e-3, .unfreeze = 0}};
  Recipe climbing(small_base(), 3, options);
  climbing.run(testing::engine(), all, nullptr);
  EXPECT_EQ(all.loads, 15);
  options.feature_folder.reset();
  options.cache = FeatureCache::off;
  Recipe afresh(small_base(), 3, options);
  afresh.run(testing::engine(), all, nullptr);
  EXPECT_EQ(changed(weights(climbing.model()), weights(afresh.model())), Names{});
}

TEST(Recipe, interrupted_anywhere_and_resumed_equals_uninterrupted) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  Recipe whole(small_base(), 3, small_options());
  ASSERT_TRUE(whole.run(testing::engine(), data, &validation));
  const auto expected = weights(whole.model());
  // 6 steps an epoch, 18 a stage: before the first step, in an epoch, at its end, at the stage's
  // end, in the next stage.
  for (const int steps : {0, 1, 6, 9, 18, 19, 35}) {
    const testing::TemporaryFolder folder;
    std::atomic<bool> stop = steps == 0;
    StopAfter watch(steps, stop);
    RecipeOptions options = small_options();
    options.callbacks = {&watch};
    options.stop = &stop;
    options.checkpoint = CheckpointOptions{
        .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
    Recipe first(small_base(), 3, options);
    ASSERT_FALSE(first.run(testing::engine(), data, &validation)) << steps;
    stop = false;
    options.callbacks = {};
    Recipe second(small_base(), 3, options);
    ASSERT_TRUE(second.run(testing::engine(), data, &validation)) << steps;
    EXPECT_EQ(changed(expected, weights(second.model())), Names{}) << steps;
    ASSERT_EQ(second.stages().size(), 2U);
    for (size_t i = 0; i < 2; ++i) {
      ASSERT_EQ(second.stages()[i].epochs.size(), 3U) << steps;
      for (size_t e = 0; e < 3; ++e)
        EXPECT_EQ(second.stages()[i].epochs[e].logs, whole.stages()[i].epochs[e].logs) << steps;
    }
  }
}

TEST(Recipe, with_two_stages_of_one_name_resumes_in_the_one_that_was_interrupted) {
  const auto data = images(45, 1);
  RecipeOptions options = small_options();
  for (StageOptions& stage : options.stages) stage.name = "stage";
  Recipe whole(small_base(), 3, options);
  ASSERT_TRUE(whole.run(testing::engine(), data, nullptr));
  const testing::TemporaryFolder folder;
  std::atomic<bool> stop = false;
  StopAfter watch(20, stop);  // in the second stage
  options.callbacks = {&watch};
  options.stop = &stop;
  options.checkpoint = CheckpointOptions{
      .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
  Recipe first(small_base(), 3, options);
  ASSERT_FALSE(first.run(testing::engine(), data, nullptr));
  stop = false;
  options.callbacks = {};
  Recipe second(small_base(), 3, options);
  ASSERT_TRUE(second.run(testing::engine(), data, nullptr));
  EXPECT_EQ(second.stages().size(), 2U);
  EXPECT_EQ(changed(weights(whole.model()), weights(second.model())), Names{});
}

TEST(Recipe, asked_to_stop_in_its_last_step_is_done) {
  const auto data = images(45, 1);
  std::atomic<bool> stop = false;
  StopAfter watch(36, stop);
  RecipeOptions options = small_options();
  options.callbacks = {&watch};
  options.stop = &stop;
  Recipe recipe(small_base(), 3, options);
  EXPECT_TRUE(recipe.run(testing::engine(), data, nullptr));
  EXPECT_TRUE(stop);
}

TEST(Checkpoint, of_other_settings_is_refused_by_name) {
  Config mine;
  mine.set("--seed", 1).set("--epochs", 5);
  Config other;
  other.set("--seed", 2).set("--epochs", 5);
  EXPECT_EQ(error_of<UsageError>([&] { require_same_settings({.settings = mine}, mine); }), "");
  const std::string message =
      error_of<UsageError>([&] { require_same_settings({.settings = mine}, other); });
  EXPECT_TRUE(contains(message, "--seed 2, this one has 1")) << message;
}

TEST(Checkpoint, without_a_setting_was_made_with_its_usual_value) {
  Config older;
  older.set("--seed", 1);
  CheckpointOptions run;
  run.settings.set("--seed", 1).set("--metrics", "accuracy");
  EXPECT_TRUE(
      contains(error_of<UsageError>([&] { require_same_settings(run, older); }), "(nothing)"));
  run.usual_settings.set("--metrics", "accuracy");
  EXPECT_EQ(error_of<UsageError>([&] { require_same_settings(run, older); }), "");
  run.settings.set("--metrics", "");
  EXPECT_TRUE(contains(error_of<UsageError>([&] { require_same_settings(run, older); }),
                       "--metrics \"accuracy\""));
}

TEST(Checkpoint, cut_off_or_damaged_is_an_error_and_never_a_crash) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "state";
  Checkpoint checkpoint;
  checkpoint.settings = Config(Config::Map{});
  checkpoint.stages = {{.options = {.name = "fine_tuning"}, .optimizer = "adam"}};
  checkpoint.train.variables = {{"a/kernel", Tensor::full({2, 3}, 1.5F)}};
  checkpoint.train.optimizer = "adam";
  save_checkpoint(checkpoint, path);
  EXPECT_EQ(load_checkpoint(path).train.variables[0].value.values()[5], 1.5F);
  const std::string whole = read_file(path);
  for (size_t length = 0; length < whole.size(); ++length) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, length);
    EXPECT_NE(error_of([&] { load_checkpoint(path); }), "") << length;
  }
  const size_t values = whole.size() - 24;
  for (size_t at = 0; at < values; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    std::ofstream(path, std::ios::binary) << damaged;
    error_of([&] { load_checkpoint(path); });  // an Error or a checkpoint, nothing worse
  }
}

}  // namespace
}  // namespace thaw
