#include <gtest/gtest.h>

#include "recipe/small_recipe.h"
#include "support/engine.h"
#include "support/temporary_folder.h"
#include "thaw/data/augment/augmented_dataset.h"
#include "thaw/data/preprocessing.h"

namespace thaw {
namespace {

using testing::changed;
using testing::small_base;
using testing::small_options;
using testing::StopAfter;
using testing::weights;

using Names = std::vector<std::string>;
using Weights = std::map<std::string, Tensor>;

/// The small recipe's images with pixels of 0 … 255, and a form that the network wants. One of
/// them may be broken.
class Images : public ArrayDataset {
 public:
  explicit Images(int64_t count, uint64_t seed = 1, int64_t broken = -1)
      : ArrayDataset(testing::images(count, seed)), broken_(broken) {}

  void load_pixels(int64_t index, std::span<float> values) const override {
    if (index == broken_) throw Error("image " + std::to_string(index) + " is broken");
    ArrayDataset::load(index, values);
    for (float& value : values) value *= 170;  // they are below 1.5
  }
  void preprocess(std::span<float> values) const override { preprocessing("tf").apply(values); }
  void load(int64_t index, std::span<float> values) const override {
    load_pixels(index, values);
    preprocess(values);
  }

 private:
  int64_t broken_;
};

Weights trained(const Dataset& data, const Dataset* validation = nullptr,
                RecipeOptions options = small_options()) {
  Recipe recipe(small_base(), 3, std::move(options));
  EXPECT_TRUE(recipe.run(testing::engine(), data, validation));
  return weights(recipe.model());
}

/// Every form of augmentation of the same images.
std::vector<std::unique_ptr<Dataset>> augmented(const Dataset& images) {
  std::vector<std::unique_ptr<Dataset>> result;
  result.push_back(std::make_unique<AugmentedDataset>(
      images, AugmentOptions{.kind = Views::flipped, .views = 2}));
  result.push_back(std::make_unique<AugmentedDataset>(images, AugmentOptions{.views = 4}));
  result.push_back(std::make_unique<RandomlyAugmentedDataset>(images, 1));
  return result;
}

TEST(AugmentedRecipe, gives_the_same_bits_again_and_with_or_without_kept_features) {
  const Images images(45);
  const Weights plain = trained(images);
  for (const auto& data : augmented(images)) {
    RecipeOptions off = small_options();
    off.cache = FeatureCache::off;
    const Weights result = trained(*data);
    EXPECT_EQ(changed(result, trained(*data)), Names{});
    EXPECT_EQ(changed(result, trained(*data, nullptr, off)), Names{});
    EXPECT_FALSE(changed(result, plain).empty());
  }
}

/// Counts the images and steps of each epoch.
class Counting : public Callback {
 public:
  void on_batch_end(TrainingControl&, const BatchProgress& progress) override {
    if (progress.batch == progress.batches) epochs.emplace_back(progress.batches, progress.images);
  }
  std::vector<std::pair<int64_t, int64_t>> epochs;
};

TEST(AugmentedRecipe, visits_each_image_once_an_epoch) {
  const Images images(45);
  for (const auto& data : augmented(images)) {
    Counting counting;
    RecipeOptions options = small_options();
    options.callbacks = {&counting};
    trained(*data, nullptr, options);
    ASSERT_EQ(counting.epochs.size(), 6U);
    for (const auto& epoch : counting.epochs) EXPECT_EQ(epoch, std::pair(int64_t{6}, int64_t{45}));
  }
}

TEST(AugmentedRecipe, validates_with_plain_images) {
  const Images images(45);
  const Images validation(20, 2);
  const auto logs = [&](const Dataset& data) {
    Recipe recipe(small_base(), 3, small_options());
    EXPECT_TRUE(recipe.run(testing::engine(), images, &data));
    return recipe.stages()[1].epochs.back().logs;
  };
  const Logs expected = logs(validation);
  for (const auto& data : augmented(validation)) EXPECT_EQ(logs(*data), expected);
}

TEST(AugmentedRecipe, leaves_a_broken_image_out_once_whatever_the_view) {
  const Images images(45, 1, 7);
  for (const FeatureCache cache : {FeatureCache::automatic, FeatureCache::off}) {
    for (const auto& data : augmented(images)) {
      Counting counting;
      RecipeOptions options = small_options();
      options.cache = cache;
      options.callbacks = {&counting};
      Recipe recipe(small_base(), 3, options);
      ASSERT_TRUE(recipe.run(testing::engine(), *data, nullptr));
      EXPECT_EQ(recipe.dropped(), Names{"image 7 is broken"});
      for (const auto& epoch : counting.epochs) EXPECT_EQ(epoch.second, 44);
    }
  }
}

TEST(AugmentedRecipe, interrupted_anywhere_and_resumed_equals_uninterrupted) {
  const Images images(45);
  for (const auto& data : augmented(images)) {
    const Weights expected = trained(*data);
    for (const int steps : {1, 6, 9, 18, 22}) {
      const testing::TemporaryFolder folder;
      std::atomic<bool> stop = false;
      StopAfter watch(steps, stop);
      RecipeOptions options = small_options();
      options.callbacks = {&watch};
      options.stop = &stop;
      options.checkpoint = CheckpointOptions{
          .path = folder.path() / "state", .settings = Config(Config::Map{}), .resume = true};
      Recipe first(small_base(), 3, options);
      ASSERT_FALSE(first.run(testing::engine(), *data, nullptr)) << steps;
      stop = false;
      options.callbacks = {};
      EXPECT_EQ(changed(expected, trained(*data, nullptr, options)), Names{}) << steps;
    }
  }
}

TEST(AugmentedRecipe, keeps_views_on_disk_and_computes_only_those_that_are_new) {
  const Images images(45);
  const testing::TemporaryFolder folder;
  const FeatureFolder kept({.folder = folder.path()});
  RecipeOptions options = small_options();
  options.stages.pop_back();
  options.feature_folder = kept;
  const auto rows = [&] {
    const auto sets = kept.sets();
    EXPECT_EQ(sets.size(), 1U);
    return sets.empty() ? 0 : sets[0].rows;
  };
  trained(images, nullptr, options);
  EXPECT_EQ(rows(), 45);
  for (const int64_t views : {2, 4, 3}) {
    const AugmentedDataset data(images, {.views = views});
    const Weights result = trained(data, nullptr, options);
    EXPECT_EQ(rows(), 45 * std::max<int64_t>(views, views == 3 ? 4 : 0));
    RecipeOptions afresh = options;
    afresh.feature_folder.reset();
    EXPECT_EQ(changed(result, trained(data, nullptr, afresh)), Names{}) << views;
  }
  trained(RandomlyAugmentedDataset(images, 1), nullptr, options);
  EXPECT_EQ(rows(), 45 * 4);
}

TEST(AugmentedRecipe, tells_what_the_features_of_a_sample_take) {
  RecipeOptions options = small_options();
  // At the end of the base 4×4 of 8 channels, pooled: the mean is frozen too.
  options.stages.pop_back();
  EXPECT_EQ(Recipe(small_base(), 3, options).feature_row_bytes(), 8 * 4);
  // Three layers below, 6×6 of 8.
  EXPECT_EQ(Recipe(small_base(), 3, small_options()).feature_row_bytes(), 8 * 4 + 6 * 6 * 8 * 4);
}

}  // namespace
}  // namespace thaw
