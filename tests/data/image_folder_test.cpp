#include "thaw/data/image_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "support/golden_file.h"
#include "support/image_files.h"
#include "thaw/core/error.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::TemporaryFolder;
using Names = std::vector<std::string>;

Names words(const std::string& text) {
  Names result;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, '|');) result.push_back(word);
  return result;
}

Names names_below(const fs::path& folder, const std::vector<fs::path>& files) {
  Names names;
  for (const fs::path& file : files) names.push_back(fs::relative(file, folder).generic_string());
  return names;
}

TEST(ImageFolder, lists_what_keras_lists_in_its_order) {
  const testing::GoldenFile golden("data/listing.golden.gz");
  const TemporaryFolder folder;
  for (const std::string& name : words(golden.text("tree"))) folder.write(name);
  const ImageFolder listing = list_image_folder(folder.path(), {.only_keras_formats = true});
  EXPECT_EQ(listing.class_names, words(golden.text("classes")));
  EXPECT_EQ(names_below(folder.path(), listing.files), words(golden.text("files")));
  ASSERT_EQ(listing.labels.size(), listing.files.size());
  for (size_t i = 0; i < listing.files.size(); ++i) {
    const std::string name = fs::relative(listing.files[i], folder.path()).generic_string();
    EXPECT_EQ(listing.class_names[static_cast<size_t>(listing.labels[i])],
              name.substr(0, name.find('/')));
  }
}

TEST(ImageFolder, all_formats_are_listed_unless_only_kerass_are_asked_for) {
  const TemporaryFolder folder;
  for (const char* name : {"a/1.png", "a/2.webp", "a/3.HEIC", "a/4.avif", "a/5.tif", "b/1.JPEG",
                           "b/2.WebP", "b/3.heif", "b/4.tiff", "b/5.jfif", "b/6.Jpe"})
    folder.write(name);
  EXPECT_EQ(names_below(folder.path(), list_image_folder(folder.path()).files),
            (Names{"a/1.png", "a/2.webp", "a/3.HEIC", "a/4.avif", "a/5.tif", "b/1.JPEG", "b/2.WebP",
                   "b/3.heif", "b/4.tiff", "b/5.jfif", "b/6.Jpe"}));
  EXPECT_EQ(names_below(folder.path(),
                        list_image_folder(folder.path(), {.only_keras_formats = true}).files),
            (Names{"a/1.png", "b/1.JPEG"}));
}

Names kinds(const std::vector<SkippedFiles>& skipped) {
  Names result;
  for (const auto& [kind, reason, count, example] : skipped)
    result.push_back(std::to_string(count) + " " + kind + ": " + reason);
  std::ranges::sort(result);
  return result;
}

TEST(ImageFolder, links_are_followed_once_and_loops_end) {
  const TemporaryFolder elsewhere;
  for (const char* name : {"1.png", "deep/2.png"}) elsewhere.write(name);
  const TemporaryFolder folder;
  for (const char* name : {"a/1.png", "b/1.png", "b/below/2.png"}) folder.write(name);
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "a/more");
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "b/more");
  fs::create_directory_symlink(folder.path(), folder.path() / "a/circle");
  fs::create_directory_symlink(".", folder.path() / "a/self");
  fs::create_directory_symlink("../b/below", folder.path() / "a/other_class");
  fs::create_directory_symlink(folder.path() / "a", elsewhere.path() / "back");
  fs::create_symlink(elsewhere.path() / "1.png", folder.path() / "a/2.png");
  fs::create_directory_symlink(elsewhere.path() / "deep", folder.path() / "c");
  const ImageFolder listing = list_image_folder(folder.path());
  EXPECT_EQ(
      names_below(folder.path(), listing.files),
      names_below(folder.path(), {folder.path() / "a/1.png", folder.path() / "a/2.png",
                                  folder.path() / "a/more/1.png", folder.path() / "b/1.png",
                                  folder.path() / "b/below/2.png", folder.path() / "c/2.png"}));
  EXPECT_EQ(listing.labels, (std::vector<int64_t>{0, 0, 0, 1, 1, 2}));
  EXPECT_EQ(kinds(listing.skipped), Names{"6 linked folder: it is listed already"});

  const ImageFolder as_keras = list_image_folder(folder.path(), {.only_keras_formats = true});
  EXPECT_EQ(as_keras.labels, (std::vector<int64_t>{0, 0, 1, 1, 2}));
}

TEST(ImageFolder, hidden_and_systems_files_are_left_out_at_every_depth_but_keras_lists_them) {
  const TemporaryFolder folder;
  for (const char* name :
       {"a/1.png", "a/._1.png", "a/.ipynb_checkpoints/1-checkpoint.png", "a/below/.hidden/2.png",
        "a/below/__MACOSX/3.png", "a/Thumbs.db", "a/below/desktop.ini", "a/.DS_Store", "b/1.png",
        "b/notes.txt", "b/More.TXT", "b/README", "__MACOSX/a/._1.png", ".cache/x.png", "Thumbs.db",
        "top.png"})
    folder.write(name);
  const ImageFolder listing = list_image_folder(folder.path());
  EXPECT_EQ(listing.class_names, (Names{"a", "b"}));
  EXPECT_EQ(names_below(folder.path(), listing.files), (Names{"a/1.png", "b/1.png"}));
  EXPECT_EQ(kinds(listing.skipped),
            (Names{"1 .png: beside the class folders", "1 no ending: no image's ending",
                   "2 .txt: no image's ending", "5 hidden: no photo of anyone's",
                   "5 system: no photo of anyone's"}));
  EXPECT_EQ(in_words(listing.skipped).substr(0, 8), "5 hidden");

  const ImageFolder as_keras = list_image_folder(folder.path(), {.only_keras_formats = true});
  EXPECT_EQ(as_keras.class_names, (Names{"__MACOSX", "a", "b"}));
  EXPECT_EQ(
      names_below(folder.path(), as_keras.files),
      (Names{"__MACOSX/a/._1.png", "a/._1.png", "a/1.png", "a/.ipynb_checkpoints/1-checkpoint.png",
             "a/below/.hidden/2.png", "a/below/__MACOSX/3.png", "b/1.png"}));
}

TEST(ImageFolder, a_selection_keeps_the_classes) {
  const ImageFolder listing{{"a", "b"}, {"1", "2", "3"}, {0, 0, 1}};
  const std::vector<int64_t> indices = {2, 0};
  const ImageFolder selection = listing.select(indices);
  EXPECT_EQ(selection.class_names, listing.class_names);
  EXPECT_EQ(selection.files, (std::vector<fs::path>{"3", "1"}));
  EXPECT_EQ(selection.labels, (std::vector<int64_t>{1, 0}));
}

/// The error of listing the folder, without the folder's own name, which it must begin with.
std::string listing_error(const fs::path& folder, const ListingOptions& options = {}) {
  const std::string message = error_of([&] { (void)list_image_folder(folder, options); });
  const std::string start = folder.string() + ": ";
  EXPECT_TRUE(message.starts_with(start)) << message;
  return message.substr(std::min(message.size(), start.size()));
}

TEST(ImageFolder, absent_or_no_folder_is_told) {
  const TemporaryFolder folder;
  EXPECT_EQ(listing_error(folder.path() / "missing"), "there is no such folder");
  EXPECT_EQ(listing_error(folder.write("file.png")), "expected a folder, received a file");
  EXPECT_EQ(listing_error(folder.path() / "file.png" / "below"), "there is no such folder");
  fs::create_symlink("nowhere", folder.path() / "broken");
  EXPECT_EQ(listing_error(folder.path() / "broken"), "there is no such folder");
}

TEST(ImageFolder, without_class_folders_it_says_where_images_belong) {
  const TemporaryFolder folder;
  EXPECT_EQ(listing_error(folder.path()),
            "expected one folder a class, received none: put each class's images into a folder "
            "named after it");
  folder.write("1.png");
  folder.write("2.jpg");
  folder.write("notes.txt");
  folder.write(".hidden/3.jpg");
  EXPECT_NE(listing_error(folder.path()).find("received none (2 images beside)"),
            std::string::npos);
}

TEST(ImageFolder, one_class_is_not_enough) {
  const TemporaryFolder folder;
  folder.write("only/1.png");
  EXPECT_EQ(listing_error(folder.path()),
            "expected at least two class folders, received only \"only\"");
}

TEST(ImageFolder, a_class_without_an_image_is_named) {
  const TemporaryFolder folder;
  folder.write("a/1.png");
  folder.write("b/notes.txt");
  EXPECT_EQ(listing_error(folder.path()),
            "the class folder \"b\" holds no image: add some or remove the folder; left out: 1 "
            ".txt (no image's ending: notes.txt)");
  folder.write("b/1.webp");
  EXPECT_NO_THROW((void)list_image_folder(folder.path()));
  EXPECT_NE(listing_error(folder.path(), {.only_keras_formats = true}).find("\"b\""),
            std::string::npos);
}

TEST(ImageFolder, without_any_image_it_tells_the_endings) {
  const TemporaryFolder folder;
  folder.write("a/1.tiff.zip");
  folder.write("b/notes.txt");
  EXPECT_EQ(listing_error(folder.path()),
            "expected images (avif, bmp, gif, heic, heif, hif, jfif, jpe, jpeg, jpg, png, tif, "
            "tiff, webp) in its 2 class folders, found none; left out: 1 .zip (no image's ending: "
            "1.tiff.zip), 1 .txt (no image's ending: notes.txt)");
  EXPECT_EQ(listing_error(folder.path(), {.only_keras_formats = true}).substr(0, 70),
            "expected images (bmp, gif, jpeg, jpg, png) in its 2 class folders, fou");
}

TEST(ImageFolder, names_that_differ_in_case_only_are_refused) {
  const TemporaryFolder folder;
  folder.write("Cat/1.png");
  folder.write("cat/1.png");
  if (std::distance(fs::directory_iterator(folder.path()), {}) < 2)
    GTEST_SKIP() << "file names ignore case here";
  EXPECT_EQ(listing_error(folder.path()),
            "the class folders \"Cat\" and \"cat\" differ in upper and lower case only: merge or "
            "rename them");
}

TEST(ImageFolder, for_predictions_hidden_files_count_only_by_name) {
  const TemporaryFolder folder;
  for (const char* name : {"f/1.png", "f/._1.png", "f/__MACOSX/1.png", "f/d/e/2.png"})
    folder.write(name);
  fs::create_directory_symlink("..", folder.path() / "f/d/up");
  const std::vector<fs::path> paths = {folder.path() / "f", folder.path() / "f/._1.png"};
  EXPECT_EQ(names_below(folder.path(), list_images(paths).files),
            (Names{"f/1.png", "f/d/e/2.png", "f/._1.png"}));
}

TEST(ImageFolder, for_predictions_files_and_folders_stand_in_the_order_given) {
  const TemporaryFolder folder;
  for (const char* name : {"f/b/1.png", "f/a.jpg", "f/no.txt", "odd.ending"}) folder.write(name);
  const std::vector<fs::path> paths = {folder.path() / "odd.ending", folder.path() / "f",
                                       folder.path() / "f/a.jpg"};
  EXPECT_EQ(names_below(folder.path(), list_images(paths).files),
            (Names{"odd.ending", "f/a.jpg", "f/b/1.png", "f/a.jpg"}));
}

TEST(ImageFolder, refuses_names_that_look_alike) {
  const TemporaryFolder folder;
  folder.write("caf\u00e9/1.png");
  folder.write("cafe\u0301/1.png");
  if (std::distance(fs::directory_iterator(folder.path()), {}) < 2)
    GTEST_SKIP() << "file names have one Unicode form here";
  const std::string error = listing_error(folder.path());
  EXPECT_NE(error.find("differ in the characters that their accents are made of only"),
            std::string::npos)
      << error;
}

TEST(ImageFolder, may_hold_one_class_where_that_is_asked_for) {
  const TemporaryFolder folder;
  folder.write("cat/1.png");
  EXPECT_NE(listing_error(folder.path()), "");
  const ImageFolder listing = list_image_folder(folder.path(), {.one_class = true});
  EXPECT_EQ(listing.class_names, Names{"cat"});
  EXPECT_EQ(listing.labels, std::vector<int64_t>{0});
}

TEST(ImageFolder, for_predictions_a_folder_that_cannot_be_read_ends_nothing) {
  // Whose whole path is longer than the system takes: that is so for root too.
  const TemporaryFolder folder;
  folder.write("f/a.png");
  folder.write("f/z.png");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path() / "f");
  const std::string name(200, 'd');
  for (int depth = 0; depth < 30; ++depth) {
    fs::create_directory(name);
    fs::current_path(name);
  }
  fs::current_path(before);
  const std::vector<fs::path> paths = {folder.path() / "f"};
  const ImageList list = list_images(paths);
  ASSERT_EQ(list.files.size(), 3U);
  EXPECT_EQ(list.files[0].filename(), "a.png");
  EXPECT_EQ(list.files[1].filename(), "z.png");
  EXPECT_EQ(list.files[2].filename(), name);
  EXPECT_NE(error_of([&] { (void)read_image(list.files[2]); }), "");
  EXPECT_NE(error_of([&] { (void)list_image_folder(folder.path(), {.one_class = true}); }), "")
      << "what is learned must be whole";
}

TEST(ImageFolder, for_predictions_what_holds_no_image_stays_in_its_place) {
  const TemporaryFolder folder;
  for (const char* name : {"empty/no.txt", "a.png"}) folder.write(name);
  const std::vector<fs::path> paths = {folder.path() / "missing.png", folder.path() / "empty",
                                       folder.path() / "a.png"};
  EXPECT_EQ(list_images(paths).files, paths);
  EXPECT_EQ(error_of([&] { (void)read_image(folder.path() / "empty"); }),
            (folder.path() / "empty").string() + ": the folder holds no images");
}

}  // namespace
}  // namespace thaw
