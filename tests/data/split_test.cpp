#include "thaw/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>

#include "support/golden_file.h"
#include "thaw/core/error.h"
#include "thaw/core/random.h"

namespace thaw {
namespace {

std::vector<int64_t> numbers(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<int64_t>(stream), std::istream_iterator<int64_t>()};
}

TEST(KerasSplit, names_the_files_of_kerass_split_in_its_order) {
  const testing::GoldenFile golden("data/splits.golden.gz");
  ASSERT_EQ(golden.number("cases"), 19);
  for (int64_t i = 0; i < golden.number("cases"); ++i) {
    const std::string prefix = "case" + std::to_string(i) + "/";
    const int64_t count = golden.number(prefix + "count");
    const double fraction = std::stod(golden.text(prefix + "fraction"));
    const auto seed = static_cast<uint32_t>(golden.number(prefix + "seed"));
    const Split split = keras_split(count, fraction, seed);
    EXPECT_EQ(split.training, numbers(golden.text(prefix + "training")))
        << count << " files, " << fraction << ", seed " << seed;
    EXPECT_EQ(split.validation, numbers(golden.text(prefix + "validation")))
        << count << " files, " << fraction << ", seed " << seed;
  }
}

TEST(KerasSplit, a_fraction_that_leaves_a_part_empty_is_refused) {
  EXPECT_THROW((void)keras_split(4, 0.2, 1), UsageError) << "int(0.8) is no image";
  EXPECT_NO_THROW((void)keras_split(5, 0.2, 1));
  EXPECT_THROW((void)keras_split(1, 0.5, 1), UsageError);
  EXPECT_THROW((void)keras_split(0, 0.5, 1), UsageError);
  try {
    (void)keras_split(4, 0.2, 1);
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "validation split: 0.2 of 4 images leaves 4 to train on and 0 to validate with: "
                 "choose another fraction, or add images");
  }
}

TEST(Splits, fractions_outside_of_0_and_1_are_refused) {
  const std::vector<int64_t> labels = {0, 0, 1, 1};
  for (const double fraction : {0.0, 1.0, -0.1, 1.5, std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)keras_split(4, fraction, 1), UsageError) << fraction;
    EXPECT_THROW((void)stratified_split(labels, fraction, 1), UsageError) << fraction;
  }
}

/// Classes of 1, 2, 3, 10, 57 and 400 samples, mixed.
std::vector<int64_t> mixed_labels() {
  std::vector<int64_t> labels;
  int64_t label = 0;
  for (const size_t count : {1, 2, 3, 10, 57, 400}) labels.insert(labels.end(), count, label++);
  const auto order = Random(5).permutation(static_cast<int64_t>(labels.size()));
  std::vector<int64_t> mixed;
  for (const int64_t i : order) mixed.push_back(labels[static_cast<size_t>(i)]);
  return mixed;
}

std::map<int64_t, int64_t> counts(const std::vector<int64_t>& labels,
                                  const std::vector<int64_t>& indices) {
  std::map<int64_t, int64_t> result;
  for (const int64_t i : indices) ++result[labels[static_cast<size_t>(i)]];
  return result;
}

TEST(StratifiedSplit, holds_every_sample_once_in_the_listings_order) {
  const auto labels = mixed_labels();
  const Split split = stratified_split(labels, 0.3, 1);
  EXPECT_TRUE(std::ranges::is_sorted(split.training));
  EXPECT_TRUE(std::ranges::is_sorted(split.validation));
  std::vector<int64_t> all = split.training;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), labels.size());
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int64_t>(i));
}

TEST(StratifiedSplit, gives_each_class_its_share_and_both_parts_every_class) {
  const auto labels = mixed_labels();
  std::vector<int64_t> everything(labels.size());
  for (size_t i = 0; i < labels.size(); ++i) everything[i] = static_cast<int64_t>(i);
  const auto totals = counts(labels, everything);
  for (const double fraction : {0.01, 0.2, 0.5, 0.77, 0.99}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const Split split = stratified_split(labels, fraction, seed);
      const auto training = counts(labels, split.training);
      auto validation = counts(labels, split.validation);
      for (const auto& [label, total] : totals) {
        EXPECT_TRUE(training.contains(label)) << "class " << label << ", " << fraction;
        EXPECT_EQ(validation.contains(label), total > 1) << "class " << label << ", " << fraction;
        const double share = fraction * static_cast<double>(total);
        EXPECT_LE(std::abs(static_cast<double>(validation[label]) - share), 1.0)
            << "class " << label << " of " << total << ", " << fraction;
      }
    }
  }
}

TEST(StratifiedSplit, repeats_for_a_seed_and_differs_for_another) {
  const auto labels = mixed_labels();
  const Split split = stratified_split(labels, 0.2, 7);
  EXPECT_EQ(split.validation, stratified_split(labels, 0.2, 7).validation);
  EXPECT_EQ(split.training, stratified_split(labels, 0.2, 7).training);
  EXPECT_NE(split.validation, stratified_split(labels, 0.2, 8).validation);
}

TEST(StratifiedSplit, chooses_evenly_among_the_samples_of_a_class) {
  const std::vector<int64_t> labels(10, 0);
  std::vector<int> chosen(10, 0);
  constexpr int seeds = 2000;
  for (uint64_t seed = 0; seed < seeds; ++seed)
    for (const int64_t i : stratified_split(labels, 0.3, seed).validation)
      ++chosen[static_cast<size_t>(i)];
  // Five standard deviations of a binomial count.
  for (const int count : chosen) EXPECT_NEAR(count, 0.3 * seeds, 5 * std::sqrt(0.21 * seeds));
}

TEST(StratifiedSplit, another_classs_images_do_not_change_the_choice) {
  std::vector<int64_t> labels(50, 0);
  labels.insert(labels.end(), 50, 1);
  const Split before = stratified_split(labels, 0.2, 3);
  labels.insert(labels.end(), 7, 1);
  const Split after = stratified_split(labels, 0.2, 3);
  const auto of_first_class = [](const Split& split) {
    std::vector<int64_t> indices = split.validation;
    std::erase_if(indices, [](int64_t i) { return i >= 50; });
    return indices;
  };
  EXPECT_EQ(of_first_class(before), of_first_class(after));
}

TEST(StratifiedSplit, of_single_samples_has_nothing_to_validate_with) {
  const std::vector<int64_t> labels = {0, 1, 2};
  EXPECT_THROW((void)stratified_split(labels, 0.5, 1), UsageError);
  EXPECT_THROW((void)stratified_split({}, 0.5, 1), UsageError);
}

}  // namespace
}  // namespace thaw
