#include "thaw/data/same_images.h"

#include <gtest/gtest.h>

#include "support/image_files.h"
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

std::string parts_error(const fs::path& folder) {
  return testing::error_of([&] { (void)find_image_parts(folder); });
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
  folder.write("val/a/1.png");  // which of the two is meant?
  EXPECT_NE(parts_error(top).find("received Train, test, val, valid: "), std::string::npos);
}

TEST(ImageParts, without_classes_are_no_classes_themselves) {
  const TemporaryFolder flat_test;
  flat_test.write("train/a/1.png");
  flat_test.write("train/b/1.png");
  flat_test.write("test/1.png");
  EXPECT_EQ(find_image_parts(flat_test.path()),
            (ImageParts{.training = flat_test / "train",
                        .validation = std::nullopt,
                        .without_classes = {flat_test / "test"}}));
  const TemporaryFolder all_flat;
  all_flat.write("train/cat.0.png");
  all_flat.write("test/1.png");
  EXPECT_NE(parts_error(all_flat.path()), "");
  const TemporaryFolder among_others;
  for (const char* name : {"train/a/1.png", "val/a/1.png", "more/1.png"}) among_others.write(name);
  EXPECT_NE(parts_error(among_others.path()).find("and others"), std::string::npos);
  const TemporaryFolder without_training;
  without_training.write("val/a/1.png");
  without_training.write("test/a/1.png");
  EXPECT_NE(parts_error(without_training.path()), "");
}

TEST(ImageParts, that_archives_wrapped_into_folders_are_found_within) {
  const TemporaryFolder folder;
  const fs::path& top = folder.path();
  for (const char* name : {"set/set/train/train/a/1.png", "set/set/train/train/b/1.png",
                           "set/set/test/test/1.png", "set/readme.txt", "__MACOSX/set/1.png"})
    folder.write(name);
  EXPECT_EQ(without_wrappers(top), top / "set/set");
  EXPECT_EQ(find_image_parts(top / "set/set"),
            (ImageParts{.training = top / "set/set/train/train",
                        .validation = std::nullopt,
                        .without_classes = {top / "set/set/test"}}));
  // One class alone is no wrapper, nor is what holds images beside its folder.
  folder.write("one/cat/1.png");
  EXPECT_EQ(without_wrappers(top / "one"), top / "one");
  folder.write("beside/1.png");
  folder.write("beside/in/a/1.png");
  EXPECT_EQ(without_wrappers(top / "beside"), top / "beside");
  EXPECT_EQ(without_wrappers(top / "missing"), top / "missing");
}

TEST(ImageParts, classes_of_these_names_stay_classes) {
  const TemporaryFolder other_names;
  other_names.write("train/a/1.png");
  other_names.write("tram/a/1.png");
  EXPECT_EQ(find_image_parts(other_names.path()), std::nullopt);
  EXPECT_EQ(find_image_parts(other_names.path() / "missing"), std::nullopt);
}

}  // namespace
}  // namespace thaw
