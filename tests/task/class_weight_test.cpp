#include "thaw/task/class_weight.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

/// 6 cats, 3 dogs, 1 owl.
ImageFolder animals() {
  ImageFolder images{.class_names = {"cat", "dog", "owl"}, .files = {}, .labels = {}};
  images.labels = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2};
  for (size_t i = 0; i < images.labels.size(); ++i) images.files.emplace_back("a.jpg");
  return images;
}

TEST(ClassWeight, BalancedIsAsScikitLearnHasIt) {
  const auto weights = class_weight_of("balanced", animals());
  // compute_class_weight("balanced", classes=[0, 1, 2], y=[0]*6 + [1]*3 + [2])
  EXPECT_DOUBLE_EQ(weights.at(0), 10.0 / 18);
  EXPECT_DOUBLE_EQ(weights.at(1), 10.0 / 9);
  EXPECT_DOUBLE_EQ(weights.at(2), 10.0 / 3);
  EXPECT_TRUE(class_weight_of("", animals()).empty());
  EXPECT_TRUE(class_weight_of("none", animals()).empty());
}

TEST(ClassWeight, OfAFileByTheClassesNames) {
  const testing::TemporaryFolder folder;
  const std::string file = (folder.path() / "weights.json").string();
  write_file(file, R"({"owl": 4, "cat": 0.5})");
  EXPECT_EQ(class_weight_of(file, animals()), (std::map<int64_t, double>{{0, 0.5}, {2, 4}}));
  write_file(file, R"({"oul": 4})");
  EXPECT_TRUE(contains(error_of<UsageError>([&] { class_weight_of(file, animals()); }),
                       "expected one of the classes (cat, dog, owl), received \"oul\""));
  write_file(file, R"({"owl": 0})");
  EXPECT_TRUE(contains(error_of<UsageError>([&] { class_weight_of(file, animals()); }),
                       "\"owl\": expected a number above 0, received 0"));
  EXPECT_TRUE(
      contains(error_of([&] { class_weight_of(file + "x", animals()); }), "--class-weight"));
}

}  // namespace
}  // namespace thaw
