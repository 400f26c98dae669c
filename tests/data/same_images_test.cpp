#include "thaw/data/same_images.h"

#include <gtest/gtest.h>

#include "data/image_files.h"
#include "thaw/data/image_parts.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

TEST(SameImages, are_found_by_content_in_two_classes_and_in_both_parts) {
  const TemporaryFolder folder;
  const std::string large(10000, 'x');
  const auto differing = [&](char letter) {
    std::string text = large;
    text[5000] = letter;  // same size, same ends
    return text;
  };
  const auto a1 = folder.write("a/1", differing('1'));
  const auto a2 = folder.write("a/2", differing('2'));
  const auto a3 = folder.write("a/3", differing('2'));  // twice in one class does no harm
  const auto b1 = folder.write("b/1", differing('1'));
  const auto b2 = folder.write("b/2", differing('3'));
  const auto v1 = folder.write("v/1", differing('2'));
  const auto v2 = folder.write("v/2", differing('4'));
  const auto empty1 = folder.write("a/empty");
  const auto empty2 = folder.write("b/empty");
  const ImageFolder train{{"a", "b"}, {a1, a2, a3, empty1, b1, b2, empty2}, {0, 0, 0, 0, 1, 1, 1}};
  const ImageFolder validation{{"a", "b"}, {v1, v2, "missing"}, {0, 0, 1}};

  const SameImagesFound alone = find_same_images(train, nullptr);
  EXPECT_EQ(alone.in_two_classes.files, 1);
  EXPECT_EQ(alone.in_two_classes.first, a1);
  EXPECT_EQ(alone.in_two_classes.second, b1);
  EXPECT_EQ(alone.in_validation.files, 0);

  const SameImagesFound both = find_same_images(train, &validation);
  EXPECT_EQ(both.in_two_classes.files, 1);
  EXPECT_EQ(both.in_validation.files, 1);
  EXPECT_EQ(both.in_validation.first, a2);
  EXPECT_EQ(both.in_validation.second, v1);
}

TEST(ImageParts, are_told_by_name_when_they_hold_classes) {
  const TemporaryFolder folder;
  const fs::path& top = folder.path();
  folder.write("Train/a/1.png");
  folder.write("Train/b/1.png");
  EXPECT_EQ(find_image_parts(top)->training, top / "Train");
  EXPECT_EQ(find_image_parts(top)->validation, std::nullopt);
  folder.write("test/a/1.png");
  EXPECT_EQ(find_image_parts(top)->validation, top / "test");
  folder.write("valid/a/1.png");
  folder.write(".git/x");
  folder.write("readme.txt");
  const auto parts = find_image_parts(top);
  EXPECT_EQ(parts->validation, top / "valid");
  EXPECT_EQ(parts->others, std::vector<fs::path>{top / "test"});
  folder.write("val/a/1.png");
  EXPECT_EQ(find_image_parts(top), std::nullopt);  // which of the two is meant?
}

TEST(ImageParts, classes_of_these_names_stay_classes) {
  const TemporaryFolder pictures_beside;
  pictures_beside.write("train/1.png");
  pictures_beside.write("test/1.png");
  EXPECT_EQ(find_image_parts(pictures_beside.path()), std::nullopt);
  const TemporaryFolder other_names;
  other_names.write("train/a/1.png");
  other_names.write("tram/a/1.png");
  EXPECT_EQ(find_image_parts(other_names.path()), std::nullopt);
  const TemporaryFolder without_training;
  without_training.write("val/a/1.png");
  without_training.write("test/a/1.png");
  EXPECT_EQ(find_image_parts(without_training.path()), std::nullopt);
  EXPECT_EQ(find_image_parts(without_training.path() / "missing"), std::nullopt);
}

}  // namespace
}  // namespace thaw
