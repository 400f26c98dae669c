#include "thaw/features/feature_pass.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "features/small_network.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

namespace thaw {
namespace {

using testing::noise_images;
using testing::WatchedDataset;

class FeaturePassTest : public ::testing::Test {
 protected:
  FrozenLayers to_the_end(std::vector<std::vector<ops::Value>> expected = {}) {
    return {network_.graph, network_.end, expected, engine_.device()};
  }
  FrozenLayers to_the_middle() { return {network_.graph, network_.middle, {}, engine_.device()}; }

  /// What the frozen layers make of one sample, by itself.
  std::vector<float> alone(FrozenLayers& frozen, const Dataset& data, int64_t sample) {
    Tensor image(data.input_shape().with_batch(1));
    data.load(sample, image.values());
    const FrozenCut* const target = &frozen.segments().cuts().back();
    const Tensor result = frozen.segment(nullptr, {&target, 1}).run({&image, 1})[0].rows(0, 1);
    return {result.values().begin(), result.values().end()};
  }
  void expect_the_rows(FrozenLayers& frozen, FeatureRows& rows, const ArrayDataset& data) {
    for (int64_t sample = 0; sample < data.size(); ++sample) {
      EXPECT_TRUE(std::ranges::equal(rows.store->row(sample), alone(frozen, data, sample)))
          << "sample " << sample;
    }
  }

  testing::SmallNetwork network_ = testing::small_network();
  Engine engine_{{.threads = 2}};
  KeptFeatures kept_;
};

TEST_F(FeaturePassTest, reads_each_sample_once_and_keeps_its_features_at_every_cut) {
  const ArrayDataset images = noise_images(40, 1);
  const WatchedDataset data(images);
  FrozenLayers frozen = to_the_end({network_.middle});
  ASSERT_EQ(frozen.segments().cuts().size(), 2U);
  FeaturePass pass(engine_, data, frozen, kept_, {});
  ASSERT_TRUE(pass.run());
  EXPECT_EQ(data.loads(), 40);
  EXPECT_EQ(pass.usable().size(), 40U);
  ASSERT_NE(pass.target(), nullptr);
  expect_the_rows(frozen, *pass.target(), images);

  FrozenLayers lower = to_the_middle();
  FeaturePass of_the_lower_cut(engine_, data, lower, kept_, {});
  ASSERT_TRUE(of_the_lower_cut.run());
  EXPECT_EQ(data.loads(), 40) << "they are kept there too";
  expect_the_rows(lower, *of_the_lower_cut.target(), images);
}

TEST_F(FeaturePassTest, goes_on_from_a_lower_cut_that_is_kept_without_reading) {
  const ArrayDataset images = noise_images(20, 2);
  const WatchedDataset data(images);
  FrozenLayers lower = to_the_middle();
  ASSERT_TRUE(FeaturePass(engine_, data, lower, kept_, {}).run());
  ASSERT_EQ(data.loads(), 20);
  FrozenLayers frozen = to_the_end({network_.middle});
  FeaturePass pass(engine_, data, frozen, kept_, {});
  ASSERT_TRUE(pass.run());
  EXPECT_EQ(data.loads(), 20);
  expect_the_rows(frozen, *pass.target(), images);
}

TEST_F(FeaturePassTest, names_the_broken_images_and_does_without_them) {
  const WatchedDataset data(noise_images(20, 3), {4, 17});
  FrozenLayers frozen = to_the_end();
  FeaturePass pass(engine_, data, frozen, kept_, {});
  ASSERT_TRUE(pass.run());
  EXPECT_EQ(pass.usable().size(), 18U);
  EXPECT_EQ(std::ranges::count(pass.usable(), 4), 0);
  EXPECT_EQ(pass.dropped(), (std::vector<std::string>{"image 4 is broken", "image 17 is broken"}));
  EXPECT_FALSE(pass.target()->present[4]);
  EXPECT_TRUE(pass.target()->present[5]);
}

TEST_F(FeaturePassTest, takes_an_image_for_broken_when_one_of_its_views_is) {
  const WatchedDataset data(noise_images(12, 4), {3, 4, 10}, 3);
  for (const bool keep : {true, false}) {
    FrozenLayers frozen = to_the_end();
    FeaturePass pass(engine_, data, frozen, kept_, {.keep = keep});
    ASSERT_TRUE(pass.run());
    // The plain views alone are read where nothing is kept.
    EXPECT_EQ(pass.usable(), keep ? (std::vector<int64_t>{0, 6}) : (std::vector<int64_t>{0, 6, 9}));
    EXPECT_EQ(pass.dropped().size(), keep ? 2U : 1U);
  }
}

TEST_F(FeaturePassTest, ends_when_it_is_stopped_and_a_later_one_computes_the_rest) {
  const ArrayDataset images = noise_images(100, 5);
  const WatchedDataset data(images);
  FrozenLayers frozen = to_the_end();
  std::atomic<bool> stop = false;
  int64_t told = 0;
  const PassWatch watch{.stop = &stop, .progress = [&](int64_t done, int64_t total) {
                          EXPECT_EQ(total, 100);
                          EXPECT_GT(done, told);
                          told = done;
                          stop = true;
                        }};
  EXPECT_FALSE(FeaturePass(engine_, data, frozen, kept_, {.watch = watch}).run());
  EXPECT_EQ(told, frozen.micro_batch());
  FeaturePass rest(engine_, data, frozen, kept_,
                   {.watch = {.progress = [&](int64_t, int64_t total) {
                      EXPECT_EQ(total, 100 - frozen.micro_batch());
                    }}});
  ASSERT_TRUE(rest.run());
  expect_the_rows(frozen, *rest.target(), images);
}

TEST_F(FeaturePassTest,
       keeps_nothing_where_there_is_no_room_and_only_the_target_where_there_is_little) {
  const WatchedDataset data(noise_images(10, 6));
  FrozenLayers frozen = to_the_end({network_.middle});
  FeaturePass without(engine_, data, frozen, kept_, {.budget_bytes = 0});
  ASSERT_TRUE(without.run());
  EXPECT_EQ(without.target(), nullptr);
  EXPECT_EQ(without.usable().size(), 10U);

  const int64_t of_the_target = 10 * frozen.segments().cuts().back().row_floats * 4;
  FeaturePass little(engine_, data, frozen, kept_, {.budget_bytes = of_the_target});
  ASSERT_TRUE(little.run());
  EXPECT_NE(little.target(), nullptr);
  EXPECT_EQ(kept_.rows(data, frozen.set_key(frozen.segments().cuts().front())).store, nullptr);
}

TEST_F(FeaturePassTest, does_not_take_a_dataset_for_another_that_had_its_address) {
  FrozenLayers frozen = to_the_end();
  std::optional<ArrayDataset> data(noise_images(8, 7));
  ASSERT_TRUE(FeaturePass(engine_, *data, frozen, kept_, {}).run());
  const ArrayDataset* const address = &*data;
  data.emplace(noise_images(8, 8));
  ASSERT_EQ(&*data, address);
  FeaturePass pass(engine_, *data, frozen, kept_, {});
  ASSERT_TRUE(pass.run());
  expect_the_rows(frozen, *pass.target(), *data);

  const ArrayDataset copy = *data;
  EXPECT_EQ(&kept_.rows(copy, frozen.set_key(frozen.segments().cuts().back())), pass.target());
}

TEST_F(FeaturePassTest, finds_features_on_disk_and_those_of_other_cuts_there) {
  const testing::TemporaryFolder folder;
  const FeatureFolder on_disk({.folder = folder.path()});
  const ArrayDataset images = noise_images(20, 9);
  {
    KeptFeatures kept(on_disk);
    FrozenLayers lower = to_the_middle();
    ASSERT_TRUE(FeaturePass(engine_, images, lower, kept, {}).run());
    EXPECT_EQ(kept.finish(), "");
  }
  for (const bool lower : {true, false}) {
    SCOPED_TRACE(lower ? "of the cut itself" : "of a cut below, which nobody expected");
    const WatchedDataset data(images);
    KeptFeatures kept(on_disk);
    FrozenLayers frozen = lower ? to_the_middle() : to_the_end();
    FeaturePass pass(engine_, data, frozen, kept, {});
    ASSERT_TRUE(pass.run());
    EXPECT_EQ(data.loads(), 0);
    expect_the_rows(frozen, *pass.target(), images);
  }
}

TEST_F(FeaturePassTest, refuses_samples_of_another_shape) {
  FrozenLayers frozen = to_the_end();
  const ArrayDataset data(Tensor::zeros({2, 5, 6, 3}));
  const std::string error =
      testing::error_of([&] { const FeaturePass pass(engine_, data, frozen, kept_, {}); });
  EXPECT_TRUE(testing::contains(error, "(6, 6, 3)")) << error;
  EXPECT_TRUE(testing::contains(error, "(5, 6, 3)")) << error;
}

}  // namespace
}  // namespace thaw
