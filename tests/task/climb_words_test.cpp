#include "thaw/task/climb_words.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/task/climb_task.h"

namespace thaw {
namespace {

using testing::contains;

PairedDifference changed(int64_t gained, int64_t lost, int64_t images) {
  std::vector<bool> first(static_cast<size_t>(images), true);
  std::vector<bool> second = first;
  for (int64_t i = 0; i < gained; ++i) first[static_cast<size_t>(i)] = false;
  for (int64_t i = 0; i < lost; ++i) second[static_cast<size_t>(gained + i)] = false;
  return paired_difference(first, second);
}

/// 600 images of three classes, 528 recognized; nothing that stands out.
ClimbFindings findings() {
  return {.classes = {"cat", "dog", "owl"},
          .images = 600,
          .kept_out_images = 600,
          .accuracy = 0.88,
          .accuracy_interval = wilson_interval(528, 600),
          .calibration_error_before = 0.051,
          .calibration_error = 0.012,
          .steps = {},
          .curve = {.points = {{.share = 0.25, .images = 120, .accuracy = 0.80},
                               {.share = 0.5, .images = 240, .accuracy = 0.84},
                               {.share = 1, .images = 480, .accuracy = 0.87}},
                    .twice_images = 960,
                    .twice_accuracy = 0.895,
                    .twice_interval = {0.88, 0.91}},
          .by_class = {{200, 176, 1, 13}, {200, 177, 2, 12}, {200, 175, 0, 13}}};
}

ClimbFindings::Step step(const PairedDifference& difference, bool is_kept) {
  return {.name = "block_16",
          .difference = difference,
          .negative_log_likelihood_before = 0.41,
          .negative_log_likelihood = is_kept ? 0.38 : 0.44,
          .is_kept = is_kept,
          .epochs = {{0.85, 0.84, 0.45}, {0.90, 0.88, 0.40}, {0.91, 0.88, 0.40}}};
}

/// The line that begins with `topic` and a colon.
std::string line(const ClimbFindings& findings, const std::string& topic) {
  std::string found;
  for (const std::string& text : climb_words(findings)) {
    if (text.starts_with(topic + ": ")) found = text;
  }
  return found;
}

::testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (contains(text, part)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected \"" << part << "\" in \"" << text << "\"";
}

TEST(ClimbWords, the_result_has_its_interval) {
  EXPECT_EQ(line(findings(), "result"),
            "result: 88.0 % of 600 images kept out in turn were recognized; of new images of the "
            "same kind likely 85.2 % to 90.4 % (95 %)");
}

TEST(ClimbWords, the_last_line_is_the_one_next_step) {
  int steps = 0;
  const auto lines = climb_words(findings());
  for (const std::string& text : lines) steps += text.starts_with("next: ") ? 1 : 0;
  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(lines.back().starts_with("next: "));
}

TEST(ClimbWords, fine_tuning_is_worth_it_only_where_its_interval_says_so) {
  ClimbFindings of = findings();
  EXPECT_TRUE(says(line(of, "fine-tuning"), "not tried"));
  of.steps = {step(changed(30, 6, 600), true)};
  EXPECT_TRUE(
      says(line(of, "fine-tuning"),
           "worth it over a head alone; block_16 and above: 30 gained, 6 lost, of 600: +4.0 "
           "points, 95 %: +2.0 to +5.9"));
  EXPECT_TRUE(says(line(of, "fine-tuning"), "0.410 to 0.380"));
  of.steps = {step(changed(9, 7, 600), true)};
  EXPECT_TRUE(says(line(of, "fine-tuning"), "so few images cannot tell"));
  of.steps = {step(changed(3, 9, 600), false)};
  EXPECT_TRUE(says(line(of, "fine-tuning"), "not worth it over a head alone"));
}

TEST(ClimbWords, overfitting_is_a_loss_that_rises_again_and_a_gap_alone_does_no_harm) {
  ClimbFindings of = findings();
  EXPECT_TRUE(says(line(of, "overfitting"), "none from fine-tuning"));
  of.steps = {step(changed(30, 6, 600), true)};
  EXPECT_TRUE(says(line(of, "overfitting"), "overfitting: no: "));
  of.steps[0].epochs.back().accuracy = 0.99;
  EXPECT_TRUE(says(line(of, "overfitting"), "does no harm yet"));
  of.steps[0].epochs.back().kept_out_loss = 0.5;
  EXPECT_TRUE(says(line(of, "overfitting"), "yes, and it grows"));
  EXPECT_TRUE(says(line(of, "overfitting"), "least after epoch 2 (0.400) and ended at 0.500"));
  // The fit that was kept tells, not one rolled back after it.
  of.steps.push_back(step(changed(1, 9, 600), false));
  of.steps.back().name = "block_15";
  EXPECT_TRUE(says(line(of, "overfitting"), "block_16"));
}

TEST(ClimbWords, more_images_are_asked_for_where_the_curve_still_rises) {
  ClimbFindings of = findings();
  EXPECT_TRUE(says(line(of, "data"), "more images would likely help"));
  EXPECT_TRUE(
      says(line(of, "data"),
           "from 120 images recognizes 80.0 %, from 240 images recognizes 84.0 %, from 480 "
           "images recognizes 87.0 %; 960 would likely give 89.5 % (90 %: 88.0 % to 91.0 %)"));
  EXPECT_TRUE(says(line(of, "next"), "more images of all classes"));
  of.curve.twice_interval.low = 0.86;
  EXPECT_TRUE(says(line(of, "data"), "cannot tell for sure"));
  of.curve.twice_accuracy = 0.872;
  EXPECT_TRUE(says(line(of, "data"), "help little"));
  EXPECT_TRUE(says(line(of, "next"), "other bases"));
  of.bases = 3;
  EXPECT_TRUE(says(line(of, "next"), "not tried yet"));
  of.curve.points.clear();
  EXPECT_TRUE(says(line(of, "data"), "not known"));
}

TEST(ClimbWords, a_class_that_stands_out_is_named_with_what_it_is_taken_for) {
  ClimbFindings of = findings();
  EXPECT_TRUE(says(line(of, "classes"), "none is recognized less often"));
  of.by_class[2] = {40, 20, 0, 15};
  EXPECT_TRUE(says(line(of, "classes"), "owl: 20 of 40 (50.0 %), taken for cat 15 times"));
  EXPECT_TRUE(says(line(of, "next"), "more images of owl: it has 40"));
  // As many as the others have: it is not for want of images.
  of.by_class[2] = {200, 140, 0, 50};
  EXPECT_TRUE(says(line(of, "next"), "images of owl taken for cat (50 of"));
}

TEST(ClimbWords, hardly_an_error_leaves_nothing_to_say_and_files_left_out_come_first) {
  ClimbFindings of = findings();
  of.by_class = {{200, 200}, {200, 199, 0, 1}, {200, 200}};
  EXPECT_TRUE(says(line(of, "next"), "1 of 600 was mistaken"));
  of.left_out_images = 100;
  EXPECT_TRUE(says(line(of, "left out"), "100 images"));
  EXPECT_TRUE(says(line(of, "next"), "see why 100 images"));
}

TEST(ClimbWords, names_of_classes_cannot_command_a_terminal) {
  ClimbFindings of = findings();
  of.classes[2] = "owl\x1b[2J";
  of.by_class[2] = {200, 120, 0, 50};
  for (const std::string& text : climb_words(of)) EXPECT_FALSE(contains(text, "\x1b")) << text;
}

}  // namespace
}  // namespace thaw
