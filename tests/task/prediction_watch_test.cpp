#include "thaw/task/prediction_watch.h"

#include <gtest/gtest.h>

#include "support/error_of.h"

namespace thaw {
namespace {

using testing::contains;
using Rows = std::vector<std::vector<float>>;

const std::vector<std::string> names = {"a", "b"};

/// Of `images` images, `correct` of which are told right; classes in turn.
std::string doubt_of(int images, int correct) {
  PredictionWatch watch({.columns = 2}, names);
  for (int i = 0; i < images; ++i) {
    const int64_t label = i % 2;
    const bool says_b = i < correct ? label == 1 : label == 0;
    const std::vector<float> row = {says_b ? 0.25F : 0.75F, says_b ? 0.75F : 0.25F};
    watch.add(row, label);
  }
  return watch.doubt();
}

std::string doubt_of(const Rows& rows, bool labelled, const OutputMeaning& meaning) {
  PredictionWatch watch(meaning, names);
  for (size_t i = 0; i < rows.size(); ++i)
    watch.add(rows[i], labelled ? std::optional(static_cast<int64_t>(i % 2)) : std::nullopt);
  return watch.doubt();
}

TEST(PredictionWatch, knows_chance) {
  EXPECT_NEAR(chance_of_hits(10, 0, 0.5), 1, 1e-12);
  EXPECT_NEAR(chance_of_hits(10, 10, 0.5), 1.0 / 1024, 1e-12);
  EXPECT_NEAR(chance_of_hits(4, 3, 0.25), 4 * 0.75 / 64 + 1.0 / 256, 1e-12);
}

TEST(PredictionWatch, doubts_an_accuracy_at_chance) {
  // Of 30 tosses 20 or more are heads in 4.9 % of cases, 19 or more in 10 %.
  EXPECT_TRUE(contains(doubt_of(30, 19), "(0.633) is no better than chance among 2 classes"));
  EXPECT_TRUE(contains(doubt_of(30, 19), "--preprocessing"));
  EXPECT_TRUE(contains(doubt_of(30, 19), "--classes"));
  EXPECT_EQ(doubt_of(30, 20), "");
  EXPECT_NE(doubt_of(30, 0), "");
  EXPECT_EQ(doubt_of(29, 18), "");  // too few to say
  EXPECT_NE(doubt_of(12, 6), "");   // but not above it at all
  EXPECT_EQ(doubt_of(12, 7), "");
  EXPECT_EQ(doubt_of(8, 0), "");
}

TEST(PredictionWatch, doubts_one_certain_answer_for_all) {
  const OutputMeaning two{.columns = 2};
  EXPECT_TRUE(contains(doubt_of(Rows(8, {1, 0}), true, two), "all 8 images are given one class"));
  EXPECT_TRUE(contains(doubt_of(Rows(8, {1, 0}), false, two), "unless that is true"));
  EXPECT_EQ(doubt_of(Rows(7, {1, 0}), false, two), "");
  // A good model is as sure of images of one class.
  EXPECT_EQ(doubt_of(Rows(20, {0.9995F, 0.0005F}), false, two), "");
  const OutputMeaning one{.columns = 1};
  EXPECT_NE(doubt_of(Rows(8, {1.0F}), false, one), "");
  EXPECT_NE(doubt_of(Rows(8, {0.0F}), false, one), "");
}

TEST(PredictionWatch, doubts_the_same_answer_for_all) {
  const OutputMeaning two{.columns = 2};
  EXPECT_TRUE(contains(doubt_of(Rows(8, {0.625F, 0.375F}), false, two), "nearly the same"));
  Rows rows(8, {0.625F, 0.375F});
  rows[3] = {0.5F, 0.5F};
  EXPECT_EQ(doubt_of(rows, false, two), "");
  EXPECT_EQ(doubt_of(Rows(8, {3, 1}), false, {.kind = OutputKind::scores, .columns = 2}), "");
  EXPECT_EQ(doubt_of(Rows(40, {3}), true, {.kind = OutputKind::value, .columns = 1}), "");
  EXPECT_EQ(doubt_of(Rows(), false, two), "");
}

}  // namespace
}  // namespace thaw
