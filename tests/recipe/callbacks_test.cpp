// Callbacks and metrics in a recipe: they go through its checkpoint.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "recipe/small_recipe.h"
#include "support/engine.h"
#include "support/error_of.h"
#include "support/event_records.h"
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

/// Between two stages the weights are those of the first's last epoch no more, but of its best.
TEST(RecipeCallbacks, the_best_epoch_is_kept_by_a_run_that_dies_between_stages) {
  const auto data = images(45, 1);
  constexpr const char* first_is_best =
      "early_stopping@monitor=loss,mode=max,patience=100,restore_best_weights=true";
  const testing::TemporaryFolder folder;
  setenv("THAW_CHECKPOINT_SECONDS", "0", 1);
  const auto callback = make_callback(first_is_best);
  CopyStates copy(folder.path() / "state");
  RecipeOptions options = small_options();
  options.callbacks = {callback.get(), &copy};
  options.checkpoint = CheckpointOptions{
      .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
  Recipe whole(small_base(), 3, options);
  ASSERT_TRUE(whole.run(testing::engine(), data, nullptr));
  unsetenv("THAW_CHECKPOINT_SECONDS");
  const auto expected = weights(whole.model());
  ASSERT_EQ(copy.copies.size(), 5U);
  for (const auto& state : copy.copies) {
    const auto again = make_callback(first_is_best);
    options.callbacks = {again.get()};
    options.checkpoint->path = state;
    Recipe second(small_base(), 3, options);
    ASSERT_TRUE(second.run(testing::engine(), data, nullptr)) << state;
    EXPECT_EQ(changed(expected, weights(second.model())), Names{}) << state;
  }
}

/// Those that write files, into `folder`.
std::vector<std::string> writing(const std::filesystem::path& folder) {
  const std::string path = folder.string();
  return {"json_lines@batch_freq=2,filename=" + path + "/events.jsonl",
          "model_checkpoint@filepath=" + path + "/{epoch}.keras",
          "model_checkpoint@save_best_only=true,monitor=loss,save_freq=4,filepath=" + path +
              "/best.keras",
          "tensorboard@update_freq=5,log_dir=" + path + "/logs"};
}

/// A run of the recipe with them, from the checkpoint where there is one.
bool run_writing(RecipeOptions options, const std::filesystem::path& folder,
                 const std::vector<Callback*>& others) {
  const auto data = images(45, 1);
  const auto validation = images(20, 2);
  std::vector<std::unique_ptr<Callback>> made;
  for (const std::string& text : writing(folder)) made.push_back(make_callback(text));
  for (const auto& callback : made) options.callbacks.push_back(callback.get());
  options.callbacks.insert(options.callbacks.end(), others.begin(), others.end());
  return Recipe(small_base(), 3, options).run(testing::engine(), data, &validation);
}

TEST(RecipeCallbacks, that_write_files_write_the_same_when_interrupted_anywhere) {
  RecipeOptions options = small_options();
  const testing::TemporaryFolder whole;
  ASSERT_TRUE(run_writing(options, whole.path(), {}));
  const std::string expected = testing::contents_of(whole.path());
  EXPECT_TRUE(testing::contains(expected, "epoch_loss 5 ")) << "epochs go on over stages";
  for (const int steps : {0, 3, 6, 17, 18, 19, 35}) {
    const testing::TemporaryFolder folder;
    const testing::TemporaryFolder state;
    std::atomic<bool> stop = steps == 0;
    StopAfter watch(steps, stop);
    options.stop = &stop;
    options.checkpoint = CheckpointOptions{
        .path = state.path() / "state", .settings = Config(Config::Map{}), .resume = true};
    ASSERT_FALSE(run_writing(options, folder.path(), {&watch})) << steps;
    stop = false;
    ASSERT_TRUE(run_writing(options, folder.path(), {})) << steps;
    EXPECT_TRUE(testing::contents_of(folder.path()) == expected) << steps;
  }
}

/// Files are then further than the state that the run goes on from.
TEST(RecipeCallbacks, that_write_files_write_nothing_twice_after_a_kill) {
  RecipeOptions options = small_options();
  const testing::TemporaryFolder folder;
  const testing::TemporaryFolder states;
  setenv("THAW_CHECKPOINT_SECONDS", "0", 1);
  CopyStates copy(states.path() / "state");
  options.checkpoint = CheckpointOptions{
      .path = states.path() / "state", .settings = Config(Config::Map{}), .resume = true};
  ASSERT_TRUE(run_writing(options, folder.path(), {&copy}));
  unsetenv("THAW_CHECKPOINT_SECONDS");
  const std::string expected = testing::contents_of(folder.path());
  ASSERT_EQ(copy.copies.size(), 5U);
  for (const auto& state : copy.copies) {
    options.checkpoint->path = state;
    ASSERT_TRUE(run_writing(options, folder.path(), {})) << state;
    EXPECT_TRUE(testing::contents_of(folder.path()) == expected) << state;
  }
}

TEST(RecipeCallbacks, a_class_weight_changes_what_is_learned) {
  const auto data = images(45, 1);
  RecipeOptions options = small_options();
  Recipe plain(small_base(), 3, options);
  ASSERT_TRUE(plain.run(testing::engine(), data, nullptr));
  options.class_weight = {{0, 1}, {1, 1}, {2, 1}};
  Recipe equal(small_base(), 3, options);
  ASSERT_TRUE(equal.run(testing::engine(), data, nullptr));
  EXPECT_EQ(changed(weights(plain.model()), weights(equal.model())), Names{});
  options.class_weight = {{0, 5}};
  Recipe weighted(small_base(), 3, options);
  ASSERT_TRUE(weighted.run(testing::engine(), data, nullptr));
  EXPECT_NE(changed(weights(plain.model()), weights(weighted.model())), Names{});
}

}  // namespace
}  // namespace thaw
