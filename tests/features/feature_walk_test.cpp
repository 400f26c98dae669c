#include "thaw/features/feature_walk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "features/small_network.h"
#include "support/error_of.h"
#include "thaw/features/feature_pass.h"

namespace thaw {
namespace {

using testing::noise_images;
using testing::WatchedDataset;

class FeatureWalkTest : public ::testing::Test {
 protected:
  /// The features of `order` in batches of `batch`, one row a sample.
  std::vector<std::vector<float>> walked(FeatureWalk& walk, const std::vector<int64_t>& order,
                                         int64_t batch) const {
    const FrozenCut& target = frozen_->segments().cuts().back();
    std::vector<Tensor> features;
    for (const Shape& shape : target.shapes)
      features.push_back(Tensor::zeros(shape.with_batch(batch)));
    std::vector<std::vector<float>> rows;
    for (int64_t done = 0; done < std::ssize(order);) {
      const int64_t count = std::min(batch, std::ssize(order) - done);
      walk.next(count, features);
      for (int64_t i = 0; i < count; ++i) {
        const auto row = features[0].rows(i, 1).values();
        rows.emplace_back(row.begin(), row.end());
      }
      done += count;
    }
    return rows;
  }

  testing::SmallNetwork network_ = testing::small_network();
  Engine engine_{{.threads = 2}};
  std::shared_ptr<FrozenLayers> frozen_ = std::make_shared<FrozenLayers>(
      network_.graph, network_.end, std::span<const std::vector<ops::Value>>(), engine_.device());
  KeptFeatures kept_;
};

TEST_F(FeatureWalkTest, gives_the_same_bits_kept_and_computed_in_any_order_and_batch) {
  const ArrayDataset data = noise_images(40, 1);
  FeaturePass pass(engine_, data, *frozen_, kept_, {});
  ASSERT_TRUE(pass.run());
  const auto kept = walk_of_kept(*pass.target());
  const auto computed = walk_that_computes(data, frozen_, engine_.threads());
  std::vector<int64_t> order = all_samples(data);
  kept->start(order);
  const auto expected = walked(*kept, order, 40);
  for (const int64_t batch : {1, 7, 32}) {
    std::ranges::rotate(order, order.begin() + 11);
    for (const auto& walk : {kept.get(), computed.get()}) {
      walk->start(order);
      const auto rows = walked(*walk, order, batch);
      for (size_t i = 0; i < order.size(); ++i) {
        EXPECT_EQ(rows[i], expected[static_cast<size_t>(order[i])])
            << "sample " << order[i] << " in batches of " << batch;
      }
    }
  }
}

TEST_F(FeatureWalkTest, begins_anew_in_the_middle_of_an_order) {
  const ArrayDataset data = noise_images(30, 2);
  const auto walk = walk_that_computes(data, frozen_, engine_.threads());
  const std::vector<int64_t> order = all_samples(data);
  walk->start(order);
  const auto expected = walked(*walk, order, 10);
  walk->start(order);
  walked(*walk, {0, 1, 2}, 3);
  walk->start({17});
  EXPECT_EQ(walked(*walk, {17}, 1)[0], expected[17]);
}

TEST_F(FeatureWalkTest, computes_what_an_epoch_sees_in_the_place_of_the_dataset) {
  const ArrayDataset data = noise_images(8, 3);
  const ArrayDataset others = noise_images(8, 4);
  const std::vector<int64_t> order = all_samples(data);
  const auto walk_of_others = walk_that_computes(others, frozen_, engine_.threads());
  walk_of_others->start(order);
  const auto expected = walked(*walk_of_others, order, 8);
  const auto walk = walk_that_computes(data, frozen_, engine_.threads());
  walk->start(order, std::make_unique<ArrayDataset>(others));
  EXPECT_EQ(walked(*walk, order, 8), expected);
  walk->start(order);
  EXPECT_NE(walked(*walk, order, 8), expected);
}

TEST_F(FeatureWalkTest, says_which_sample_cannot_be_read_any_more) {
  WatchedDataset data(noise_images(8, 5));
  const auto walk = walk_that_computes(data, frozen_, engine_.threads());
  data.breaks({6});
  walk->start(all_samples(data));
  const std::string error = testing::error_of([&] { walked(*walk, all_samples(data), 8); });
  EXPECT_TRUE(testing::contains(error, "image 6 is broken")) << error;
}

}  // namespace
}  // namespace thaw
