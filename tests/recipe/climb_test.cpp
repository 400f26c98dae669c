#include "thaw/recipe/climb.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>

#include "recipe/small_recipe.h"
#include "support/engine.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/random.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/heads/calibration.h"

namespace thaw {
namespace {

using testing::changed;
using testing::contains;
using testing::error_of;
using testing::images;
using testing::weights;

/// A stem and three residual blocks, of random weights: heads leave something to fine-tune.
Functional blocks_base() {
  const Symbol image = input({8, 8, 3});
  Symbol x = relu({.name = "stem_relu"})(
      conv_2d({.filters = 4, .kernel_size = 3, .name = "stem_conv"})(image));
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "block_" + std::to_string(i) + "_";
    Symbol y =
        conv_2d({.filters = 4, .kernel_size = 3, .padding = "same", .name = name + "conv"})(x);
    y = relu({.name = name + "relu"})(y);
    x = add({.name = name + "add"})({x, y});
  }
  const Functional base(image, x, "blocks");
  base.initialize_weights(3);
  return base;
}

/// Noise in which only a faint stripe, across or down, tells two classes apart.
ArrayDataset stripes(int64_t count, uint64_t seed) {
  Random random(seed);
  Tensor x({count, 8, 8, 3});
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    labels.push_back(i % 2);
    const uint32_t at = random.below(8);
    for (uint32_t row = 0; row < 8; ++row) {
      for (uint32_t column = 0; column < 8; ++column) {
        const bool is_stripe = (i % 2 == 0 ? row : column) == at;
        for (uint32_t c = 0; c < 3; ++c) {
          x.data()[((i * 8 + row) * 8 + column) * 3 + c] =
              random.uniform() + (is_stripe ? 0.6F : 0.0F);
        }
      }
    }
  }
  return {x, labels};
}

ClimbOptions small_climb() {
  return {
      .seed = 5, .folds = 3, .most_blocks = 2, .epochs = 4, .learning_rate = 3e-3, .batch_size = 8};
}

std::string bytes_of(const Model& model) {
  std::string bytes;
  for (const auto& [name, value] : weights(model)) {
    bytes += name;
    bytes.append(reinterpret_cast<const char*>(value.data()), value.values().size_bytes());
  }
  return bytes;
}

TEST(Climb, makes_an_ordinary_model_of_the_best_head) {
  const auto data = images(60, 1);
  const Functional base = blocks_base();
  const auto before = weights(base);
  ClimbOptions options = small_climb();
  options.most_blocks = 0;
  Climb climb(base, 3, options);
  const auto result = climb.run(testing::engine(), data);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->rungs.empty());
  EXPECT_GT(result->accuracy, 0.9);
  EXPECT_EQ(changed(before, weights(base)), std::vector<std::string>{});
  const Tensor probabilities = climb.model().predict(testing::engine(), images(30, 2));
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < 30; ++i) labels.push_back(i % 3);
  EXPECT_GT(accuracy_of(probabilities, labels), 0.9);
  EXPECT_EQ(climb.model().layers().back().name(), "output_layer");
}

TEST(Climb, keeps_a_rung_only_where_it_does_better_on_images_kept_out) {
  const auto data = stripes(120, 1);
  const Functional base = blocks_base();
  std::vector<std::string> begun;
  ClimbOptions options = small_climb();
  options.on_rung_begin = [&](const Rung& rung) { begun.push_back(rung.name); };
  Climb climb(base, 2, options);
  const auto result = climb.run(testing::engine(), data);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(begun, (std::vector<std::string>{"block_3", "block_2"}));
  ASSERT_EQ(result->rungs.size(), 2U);
  for (const Rung& rung : result->rungs) {
    EXPECT_EQ(rung.is_kept(), rung.negative_log_likelihood < rung.negative_log_likelihood_before &&
                                  rung.accuracy >= rung.accuracy_before);
    EXPECT_EQ(rung.judged_images, 120);
    EXPECT_EQ(rung.epochs.size(), 4U);
  }
}

TEST(Climb, gives_the_bits_of_a_run_that_was_not_interrupted) {
  const auto data = stripes(60, 1);
  Climb whole(blocks_base(), 2, small_climb());
  const auto expected = whole.run(testing::engine(), data);
  ASSERT_TRUE(expected.has_value());
  const testing::TemporaryFolder folder;
  const std::filesystem::path path = folder / "state";
  int runs = 0;
  for (int steps = 7; runs < 100; ++runs) {
    std::atomic<bool> stop = false;
    testing::StopAfter stop_after(steps, stop);
    ClimbOptions options = small_climb();
    options.callbacks = {&stop_after};
    options.stop = &stop;
    options.checkpoint = CheckpointOptions{.path = path, .settings = Config::Map{}, .resume = true};
    Climb climb(blocks_base(), 2, options);
    if (const auto result = climb.run(testing::engine(), data)) {
      EXPECT_EQ(bytes_of(climb.model()), bytes_of(whole.model()));
      EXPECT_EQ(result->rungs.size(), expected->rungs.size());
      EXPECT_EQ(result->accuracy, expected->accuracy);
      break;
    }
    steps += 13;  // a fit that takes more steps than a run has would never be done
  }
  EXPECT_GT(runs, 1);
  EXPECT_LT(runs, 100);
}

TEST(Climb, refuses_a_state_that_is_not_what_was_written) {
  const testing::TemporaryFolder folder;
  ClimbState state;
  state.add("rung 1, fold 0", {.numbers = Config::Map{}, .tensors = {Tensor::full({3}, 1.5F)}});
  state.save(folder / "state");
  std::string bytes = read_file(folder / "state");
  EXPECT_EQ(ClimbState::load(folder / "state").find("rung 1, fold 0")->tensors[0].values()[2],
            1.5F);
  bytes[bytes.size() - 2] = static_cast<char>(bytes[bytes.size() - 2] ^ 1);
  write_file(folder / "state", bytes);
  EXPECT_TRUE(contains(error_of([&] { ClimbState::load(folder / "state"); }), "damaged"));
  write_file(folder / "state", "nonsense");
  EXPECT_TRUE(contains(error_of([&] { ClimbState::load(folder / "state"); }),
                       "start anew without --resume"));
}

TEST(Climb, rolls_a_rung_back_whose_numbers_are_not_finite) {
  ClimbOptions options = small_climb();
  options.learning_rate = 1e30;
  Climb climb(blocks_base(), 2, options);
  const auto result = climb.run(testing::engine(), stripes(60, 1));
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->rungs.size(), 2U);
  for (const Rung& rung : result->rungs) EXPECT_FALSE(rung.is_kept());
  options.most_blocks = 0;
  Climb heads(blocks_base(), 2, options);
  ASSERT_TRUE(heads.run(testing::engine(), stripes(60, 1)).has_value());
  EXPECT_EQ(bytes_of(climb.model()), bytes_of(heads.model()));
}

TEST(Climb, ends_where_there_is_no_time_for_another_rung) {
  const auto data = stripes(60, 1);
  ClimbOptions options = small_climb();
  options.has_time = [] { return false; };
  Climb climb(blocks_base(), 2, options);
  const auto result = climb.run(testing::engine(), data);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->rungs.empty());
}

TEST(Climb, takes_no_more_folds_than_there_are_images) {
  ClimbOptions options = small_climb();
  options.folds = 50;
  Climb climb(blocks_base(), 2, options);
  const auto result = climb.run(testing::engine(), stripes(8, 1));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->kept_out.size(), 8U);
  Climb without(blocks_base(), 2, options);
  EXPECT_TRUE(contains(error_of([&] { (void)without.run(testing::engine(), stripes(2, 1)); }),
                       "two images or more of a class"));
}

TEST(Climb, keeps_copies_of_an_image_in_one_fold) {
  ClimbOptions options = small_climb();
  options.most_blocks = 0;
  // Images 0 and 2 are one, 1 and 3, 4 and 6, …
  for (int64_t i = 0; i < 40; ++i) options.same.push_back(i / 4 * 4 + i % 2);
  Climb climb(blocks_base(), 2, options);
  ASSERT_TRUE(climb.run(testing::engine(), stripes(40, 1)).has_value());
  for (size_t i = 0; i < 40; i += 4) {
    EXPECT_EQ(climb.folds()[i], climb.folds()[i + 2]);
    EXPECT_EQ(climb.folds()[i + 1], climb.folds()[i + 3]);
  }
}

TEST(Climb, fits_what_was_chosen_to_more_images) {
  Climb climb(blocks_base(), 2, small_climb());
  const auto result = climb.run(testing::engine(), stripes(60, 1));
  ASSERT_TRUE(result.has_value());
  const std::string before = bytes_of(climb.model());
  ASSERT_TRUE(climb.refit(testing::engine(), stripes(60, 1), *result));
  EXPECT_EQ(bytes_of(climb.model()), before);
  ASSERT_TRUE(climb.refit(testing::engine(), stripes(80, 1), *result));
  EXPECT_NE(bytes_of(climb.model()), before);
}

TEST(Climb, gives_a_detector_of_images_of_none_of_the_classes_where_asked) {
  const auto data = stripes(120, 1);
  ClimbOptions options = small_climb();
  for (const int64_t blocks : {0, 2}) {
    options.most_blocks = blocks;
    options.unknown_rate = 0.1;
    Climb climb(blocks_base(), 2, options);
    ASSERT_TRUE(climb.run(testing::engine(), data).has_value());
    ASSERT_TRUE(climb.detector().has_value());
    const int64_t columns = climb.model().layers().back().variables().at(0)->shape()[0];
    EXPECT_EQ(climb.detector()->columns(), columns);
    EXPECT_EQ(climb.detector()->unknown_rate(), 0.1);
    options.unknown_rate = {};
    Climb without(blocks_base(), 2, options);
    ASSERT_TRUE(without.run(testing::engine(), data).has_value());
    EXPECT_FALSE(without.detector().has_value());
    EXPECT_EQ(bytes_of(without.model()), bytes_of(climb.model()));
  }
}

TEST(ClimbModel, has_the_same_function_with_scaled_columns) {
  const Functional base = blocks_base();
  const auto taps = taps_of(base);
  ASSERT_EQ(taps.size(), 4U);
  Random random(9);
  const Tensor features = uniform_tensor({20, 20}, -1.0F, 3.0F, random);
  const ClimbModel plain = climb_model(base, taps, 3);
  const ColumnScaling scaling = column_scaling(features, plain.groups);
  const ClimbModel trained = climb_model(base, taps, 3, scaling);
  const LinearHead head{uniform_tensor({20, 3}, -1.0F, 1.0F, Random(1)),
                        uniform_tensor({3}, -1.0F, 1.0F, Random(2))};
  set_head(plain.head, head);
  set_head(trained.head, scaled(head, scaling));
  const auto data = images(6, 1);
  const Tensor expected = plain.model.predict(testing::engine(), data);
  const Tensor received = trained.model.predict(testing::engine(), data);
  for (size_t i = 0; i < expected.values().size(); ++i)
    EXPECT_NEAR(expected.values()[i], received.values()[i], 2e-6);
  const LinearHead back = unscaled(scaled(head, scaling), scaling);
  for (size_t i = 0; i < head.kernel.values().size(); ++i)
    EXPECT_NEAR(head.kernel.values()[i], back.kernel.values()[i], 1e-6);
}

TEST(ClimbModel, leaves_out_the_taps_that_a_head_makes_nothing_of) {
  LinearHead head{Tensor::zeros({5, 2}), Tensor::zeros({2})};
  head.kernel.values()[4] = 1;
  EXPECT_EQ(used_by(head, {{.columns = 2}, {.columns = 1}, {.columns = 2}}),
            (std::vector<bool>{false, true, true}))
      << "the base's own output stays";
}

}  // namespace
}  // namespace thaw
