#include "thaw/recipe/checkpoint.h"

#include <gtest/gtest.h>

#include <random>

#include "recipe/small_recipe.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/recipe/recipe.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::images;
using testing::small_base;
using testing::small_options;

class CheckpointFile : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "run.checkpoint"; }
  RecipeOptions options() const {
    RecipeOptions result = small_options();
    result.checkpoint = CheckpointOptions{.path = path(), .settings = Config::Map{{"seed", 5}}};
    return result;
  }
  /// Interrupts a run in its second stage, where there is state of everything.
  void make() const {
    std::atomic<bool> stop = false;
    testing::StopAfter after(25, stop);
    RecipeOptions stopped = options();
    stopped.stop = &stop;
    stopped.callbacks = {&after};
    Engine engine;
    ASSERT_FALSE(Recipe(small_base(), 3, stopped).run(engine, images(45, 1), nullptr));
  }

  testing::TemporaryFolder folder_;
};

std::string all_of(const Checkpoint& checkpoint) {
  const testing::TemporaryFolder folder;
  save_checkpoint(checkpoint, folder / "again");
  return read_file(folder / "again");
}

TEST_F(CheckpointFile, a_byte_changed_anywhere_is_refused_or_changes_nothing) {
  make();
  const std::string whole = read_file(path());
  const std::string meaning = all_of(load_checkpoint(path()));
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int refused = 0;
  constexpr int tries = 400;
  for (int i = 0; i < tries; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] ^= static_cast<char>(1U << (random() % 8));
    write_file(path(), damaged);
    try {
      EXPECT_TRUE(all_of(load_checkpoint(path())) == meaning) << "resumed to another model";
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(contains(error.what(), "start anew without --resume")) << error.what();
    }
  }
  EXPECT_GT(refused, tries * 9 / 10);
}

TEST_F(CheckpointFile, cut_short_is_refused) {
  make();
  const std::string whole = read_file(path());
  for (size_t size = 0; size < whole.size(); size += 97) {
    write_file(path(), whole.substr(0, size));
    EXPECT_FALSE(error_of([&] { load_checkpoint(path()); }).empty()) << size;
  }
}

TEST_F(CheckpointFile, damaged_values_are_named) {
  make();
  std::string damaged = read_file(path());
  damaged[damaged.size() - 3] ^= 1;
  write_file(path(), damaged);
  const std::string error = error_of([&] { load_checkpoint(path()); });
  EXPECT_TRUE(contains(error, "run.checkpoint")) << error;
  EXPECT_TRUE(contains(error, "is damaged")) << error;
}

TEST_F(CheckpointFile, that_cannot_be_written_is_told_once_and_the_run_goes_on) {
  std::filesystem::create_directories(path() / "in the way");
  RecipeOptions blocked = options();
  std::vector<std::string> told;
  blocked.on_checkpoint_failure = [&](const std::string& reason) { told.push_back(reason); };
  std::atomic<bool> stop = false;
  testing::StopAfter after(5, stop);
  blocked.stop = &stop;
  blocked.callbacks = {&after};
  Engine engine;
  Recipe recipe(small_base(), 3, blocked);
  EXPECT_FALSE(recipe.run(engine, images(45, 1), nullptr));
  EXPECT_FALSE(recipe.save_checkpoint());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], recipe.checkpoint_failure());
}

TEST_F(CheckpointFile, a_diverging_stage_goes_back_to_the_end_of_the_one_before) {
  Engine engine;
  RecipeOptions one = options();
  one.optimizer = "sgd";
  one.checkpoint.reset();
  RecipeOptions diverging = options();
  diverging.optimizer = "sgd";
  diverging.stages[1].learning_rate = 1e30;
  one.stages.pop_back();
  Recipe good(small_base(), 3, one);
  ASSERT_TRUE(good.run(engine, images(45, 1), nullptr));
  Recipe bad(small_base(), 3, diverging);
  const std::string error = error_of([&] { bad.run(engine, images(45, 1), nullptr); });
  EXPECT_TRUE(contains(error, "fine tuning, learning rate 1e+30")) << error;
  EXPECT_EQ(bad.epochs_done(), 3);
  EXPECT_EQ(testing::changed(testing::weights(good.model()), testing::weights(bad.model())),
            std::vector<std::string>{});
  EXPECT_EQ(load_checkpoint(path()).train.position.epoch, 0);
}

TEST(ResumeSettings, a_list_that_differs_is_told_by_its_entries) {
  CheckpointOptions run;
  run.settings = Config::Map{{"training images", "b"}};
  run.lists =
      Config::Map{{"training images", Config::List{"a/1.jpg 10", "a/2.jpg 21", "b/4.jpg 9"}}};
  Checkpoint kept;
  kept.settings = Config::Map{{"training images", "a"}};
  kept.lists =
      Config::Map{{"training images", Config::List{"a/1.jpg 10", "a/2.jpg 20", "b/3.jpg 5"}}};
  const std::string error =
      error_of([&] { require_same_settings(run, kept.settings, kept.lists); });
  EXPECT_TRUE(contains(error,
                       "1 is new (b/4.jpg), 1 is gone (b/3.jpg), 1 has changed "
                       "(a/2.jpg)"))
      << error;
}

}  // namespace
}  // namespace thaw
