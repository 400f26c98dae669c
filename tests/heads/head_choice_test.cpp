#include "thaw/heads/head_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "support/error_of.h"
#include "support/seed.h"
#include "thaw/core/random.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"

namespace thaw {
namespace {

/// Classes around centres of their own, `apart` standard deviations from each other in the first
/// group; the second is noise.
HeadData clouds(int64_t images, int64_t classes, double apart, uint64_t seed) {
  constexpr int64_t columns = 24;
  Random random(seed);
  HeadData data{.features = Tensor({images, columns}),
                .groups = {{.columns = 16}, {.columns = 8}},
                .labels = {},
                .classes = classes};
  for (int64_t i = 0; i < images; ++i) {
    data.labels.push_back(i % classes);
    for (int64_t j = 0; j < columns; ++j) {
      const double centre = j < 16 && j % classes == i % classes ? apart : 0;
      data.features.data()[i * columns + j] = random.normal() + static_cast<float>(centre);
    }
  }
  data.folds = stratified_folds(data.labels, 5, seed);
  return data;
}

TEST(HeadChoice, the_chosen_head_has_the_least_likelihood_of_all_and_sees_new_images_as_well) {
  const uint64_t seed = testing::seed_of_run();
  const HeadData data = clouds(150, 3, 1, seed);
  const HeadChoice choice = choose_head(data);
  ASSERT_GE(choice.candidates.size(), 4U);
  EXPECT_EQ(choice.candidates.front().name, choice.chosen.name);
  for (const HeadCandidate& candidate : choice.candidates)
    EXPECT_GE(candidate.negative_log_likelihood, choice.chosen.negative_log_likelihood)
        << candidate.name;
  // What is told of images kept out is what new images show, but for chance.
  const HeadData others = clouds(600, 3, 1, seed + 1);
  const Tensor logits = choice.head.logits(others.features);
  EXPECT_NEAR(accuracy_of(logits, others.labels), choice.chosen.accuracy, 0.15);
  EXPECT_NEAR(negative_log_likelihood(logits, others.labels), choice.chosen.negative_log_likelihood,
              0.3);
}

TEST(HeadChoice, out_of_fold_logits_are_calibrated_and_those_that_are_told) {
  const HeadData data = clouds(120, 4, 1.5, 3);
  const HeadChoice choice = choose_head(data);
  EXPECT_NEAR(fit_temperature(choice.out_of_fold, data.labels), 1, 1e-4);
  EXPECT_NEAR(negative_log_likelihood(choice.out_of_fold, data.labels),
              choice.chosen.negative_log_likelihood, 1e-6);
  EXPECT_DOUBLE_EQ(accuracy_of(choice.out_of_fold, data.labels), choice.chosen.accuracy);
}

TEST(HeadChoice, images_kept_out_are_never_known) {
  // Labels have nothing to do with the features, so accuracy out of fold is that of chance.
  HeadData data = clouds(1200, 2, 0, 5);
  const HeadChoice choice = choose_head(data);
  for (const HeadCandidate& candidate : choice.candidates) {
    EXPECT_NEAR(candidate.accuracy, 0.5, 0.06) << candidate.name;
    EXPECT_GT(candidate.negative_log_likelihood, std::log(2) - 0.01) << candidate.name;
  }
}

TEST(HeadChoice, every_candidate_can_be_fitted_again) {
  const HeadData data = clouds(90, 3, 1, 4);
  const HeadChoice choice = choose_head(data);
  const LinearHead again = refit(data, choice.chosen);
  for (size_t i = 0; i < again.kernel.values().size(); ++i)
    EXPECT_NEAR(again.kernel.values()[i], choice.head.kernel.values()[i], 1e-3);
  // To the images outside a fold it is what gave the logits of that fold, but for their columns'
  // own deviations.
  std::vector<int64_t> kept_out;
  std::vector<int64_t> others;
  for (size_t i = 0; i < data.folds.size(); ++i)
    (data.folds[i] == 0 ? kept_out : others).push_back(static_cast<int64_t>(i));
  const LinearHead without = refit(rows_of(data, others), choice.chosen);
  const Tensor logits = without.logits(rows_of(data, kept_out).features);
  for (size_t i = 0; i < kept_out.size(); ++i) {
    const Tensor expected = choice.out_of_fold.rows(kept_out[i], 1);
    const Tensor received = logits.rows(static_cast<int64_t>(i), 1);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(received.values()[k], expected.values()[k], 0.3);
  }
  for (const HeadCandidate& candidate : choice.candidates)
    EXPECT_EQ(refit(data, candidate).bias.elements(), 3);
}

TEST(HeadChoice, two_runs_give_the_same_bits) {
  const HeadData data = clouds(90, 3, 1, 7);
  const HeadChoice first = choose_head(data);
  const HeadChoice second = choose_head(data);
  EXPECT_EQ(std::memcmp(first.head.kernel.data(), second.head.kernel.data(),
                        sizeof(float) * static_cast<size_t>(first.head.kernel.elements())),
            0);
  EXPECT_EQ(first.chosen.name, second.chosen.name);
}

TEST(HeadChoice, without_folds_or_kinds_it_is_refused) {
  HeadData data = clouds(30, 3, 1, 1);
  EXPECT_TRUE(testing::contains(testing::error_of<UsageError>([&] {
                                  choose_head(data, {.ridge = false, .logistic = false});
                                }),
                                "received neither"));
  data.folds.clear();
  EXPECT_TRUE(testing::contains(testing::error_of<UsageError>([&] { choose_head(data); }),
                                "expected folds"));
}

TEST(HeadChoice, the_last_group_alone_leaves_the_others_out) {
  HeadData data = clouds(200, 2, 2, 9);
  data.groups = {{.columns = 8}, {.columns = 16}};
  for (int64_t i = 0; i < data.images(); ++i) {
    for (int64_t j = 0; j < 24; ++j)
      data.features.data()[i * 24 + j] = j < 8 ? 0.0F : data.features.data()[i * 24 + j];
  }
  const HeadChoice choice = choose_head(data, {.means = false});
  bool has_last = false;
  for (const HeadCandidate& candidate : choice.candidates) has_last |= !candidate.all_groups;
  EXPECT_TRUE(has_last);
  const HeadChoice without = choose_head(data, {.last_group_alone = false, .means = false});
  for (const HeadCandidate& candidate : without.candidates) EXPECT_TRUE(candidate.all_groups);
}

TEST(HeadChoice, classes_tell_what_their_images_are_mistaken_for) {
  const std::vector<int64_t> labels = {0, 0, 0, 1, 1, 2};
  const Tensor logits = Tensor::from(
      {6, 3}, std::vector<float>{9, 0, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9});
  const auto results = results_by_class(logits, labels);
  EXPECT_EQ(results[0].images, 3);
  EXPECT_EQ(results[0].right, 1);
  EXPECT_EQ(results[0].mistaken_for, 1);
  EXPECT_EQ(results[0].mistaken, 2);
  EXPECT_EQ(results[1].mistaken_for, 2);
  EXPECT_EQ(results[2].mistaken_for, -1);
  EXPECT_EQ(results[2].right, 1);
}

}  // namespace
}  // namespace thaw
