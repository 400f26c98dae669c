#include "thaw/heads/head_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "support/error_of.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

HeadData small() {
  return {.features = Tensor::from({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6}),
          .groups = {{.columns = 2}},
          .labels = {0, 1, 1},
          .classes = 2};
}

std::string told(const std::function<void(HeadData&)>& change) {
  HeadData data = small();
  change(data);
  return error_of([&] { check_head_data(data); });
}

TEST(HeadData, what_fits_is_taken) {
  EXPECT_EQ(told([](HeadData&) {}), "");
}

TEST(HeadData, what_does_not_fit_is_refused_and_where_it_is_is_told) {
  EXPECT_TRUE(contains(told([](HeadData& d) { d.features.values()[3] = NAN; }),
                       "nan for image 1, column 1"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.features.values()[4] = INFINITY; }), "image 2"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.features = Tensor({2, 2}); }), "received (2, 2)"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.features = Tensor({3, 0}); }), "received (3, 0)"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.groups[0].columns = 3; }), "received 3"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.groups[0].weight = -1; }), "weight -1"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.labels[1] = 2; }), "label of image 1"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.classes = 1; }), "at least 2"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.weights = {1, 1}; }), "received 2"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.weights = {1, -1, 1}; }), "weight of image 1"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.weights = {0, 0, 0}; }), "above 0"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.folds = {0, 0, 0}; }), "two different"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d.folds = {0, 1}; }), "received 2"));
  EXPECT_TRUE(contains(told([](HeadData& d) { d = HeadData{.classes = 2}; }), "received none"));
}

TEST(HeadData, balanced_weights_give_each_class_that_is_there_the_same_sum) {
  HeadData data = small();
  data.classes = 3;  // one of which has no image
  data.balanced = true;
  EXPECT_EQ(image_weights(data), (std::vector<double>{1.5, 0.75, 0.75}));
  data.weights = {1, 2, 0};
  EXPECT_EQ(image_weights(data), (std::vector<double>{1.5, 1.5, 0}));
}

TEST(HeadData, rows_keep_what_belongs_to_an_image) {
  HeadData data = small();
  data.weights = {1, 2, 3};
  data.folds = {0, 1, 2};
  const HeadData rows = rows_of(data, std::vector<int64_t>{2, 0});
  EXPECT_EQ(std::vector<float>(rows.features.values().begin(), rows.features.values().end()),
            (std::vector<float>{5, 6, 1, 2}));
  EXPECT_EQ(rows.labels, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(rows.weights, (std::vector<double>{3, 1}));
  EXPECT_EQ(rows.folds, (std::vector<int>{2, 0}));
  EXPECT_TRUE(contains(error_of<UsageError>([&] { rows_of(data, std::vector<int64_t>{3}); }),
                       "received 3"));
}

}  // namespace
}  // namespace thaw
