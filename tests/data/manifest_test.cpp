#include "thaw/data/manifest.h"

#include <gtest/gtest.h>

#include "support/image_files.h"
#include "thaw/core/files.h"
#include "thaw/data/image_dataset.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::TemporaryFolder;

std::vector<std::string> listed(const fs::path& folder, const ImageFolder& listing) {
  std::vector<std::string> result;
  for (size_t i = 0; i < listing.files.size(); ++i) {
    std::string text = listing.files[i].lexically_relative(folder).generic_string();
    if (!listing.labels.empty())
      text += " " + listing.class_names[static_cast<size_t>(listing.labels[i])];
    result.push_back(std::move(text));
  }
  return result;
}

ImageFolder list_text(const TemporaryFolder& folder, const std::string& name,
                      const std::string& text) {
  return list_source(folder.write(name, text));
}

TEST(Manifest, csv_and_json_lines_list_images_class_by_class) {
  const TemporaryFolder folder;
  const std::vector<std::string> expected{"y/2.png cat", "1.png dog", "a, \"b\"\nc.png dog"};
  EXPECT_EQ(listed(folder.path(), list_text(folder, "a.csv",
                                            "path,label\n1.png,dog\n./y/2.png,cat\n\n"
                                            "\"a, \"\"b\"\"\nc.png\",dog\n")),
            expected);
  EXPECT_EQ(listed(folder.path(), list_text(folder, "b.CSV",
                                            "\xEF\xBB\xBF\"Label\";File;note\r\ndog;1.png;\r\n"
                                            "cat;y/2.png;x\r\ndog;\"a, \"\"b\"\"\nc.png\";")),
            expected);
  EXPECT_EQ(listed(folder.path(), list_text(folder, "c.tsv",
                                            "class\timage\ndog\t1.png\ncat\ty/2.png\n"
                                            "dog\t\"a, \"\"b\"\"\nc.png\"")),
            expected);
  EXPECT_EQ(
      listed(folder.path(),
             list_text(folder, "d.jsonl",
                       "{\"file_name\": \"1.png\", \"labels\": [\"dog\"], \"n\": {\"x\": []}}\n"
                       "{\"file_name\": \"y/2.png\", \"label\": \"cat\"}\r\n\n"
                       "{\"file_name\": \"a, \\\"b\\\"\\nc.png\", \"label\": \"dog\"}")),
      expected);
}

TEST(Manifest, numbers_are_names_and_absolute_paths_stay) {
  const TemporaryFolder folder;
  const ImageFolder listing = list_text(folder, "a.jsonl",
                                        "{\"path\": \"/x/1.png\", \"label\": 10}\n"
                                        "{\"path\": \"2.png\", \"label\": 2}\n");
  EXPECT_EQ(listing.class_names, (std::vector<std::string>{"10", "2"}));
  EXPECT_EQ(listing.files, (std::vector<fs::path>{"/x/1.png", folder / "2.png"}));
}

TEST(Manifest, splits_are_parts) {
  const TemporaryFolder folder;
  const fs::path file =
      folder.write("a.csv", "path,label,split\n1,a,Train\n2,b,train\n3,a,val\n4,b,test\n");
  EXPECT_EQ(source_parts(file), (ImageParts{.training = file / "train",
                                            .validation = file / "val",
                                            .others = {file / "test"}}));
  EXPECT_EQ(listed(folder.path(), list_source(file / "train")),
            (std::vector<std::string>{"1 a", "2 b"}));
  EXPECT_EQ(listed(folder.path(), list_source(file / "test", {.one_class = true})),
            (std::vector<std::string>{"4 b"}));
  EXPECT_EQ(list_source(file).files.size(), 4U);
  EXPECT_TRUE(contains(error_of([&] { list_source(file / "other"); }),
                       "expected train, val or test as a part of"));
  const fs::path none = folder.write("b.csv", "path,label\n1,a\n2,b\n");
  EXPECT_FALSE(source_parts(none).has_value());
  const fs::path some = folder.write("c.csv", "path,label,split\n1,a,train\n2,b,\n");
  EXPECT_TRUE(contains(error_of([&] { source_parts(some); }), "a split in every row or in none"));
}

TEST(Manifest, weights_are_those_of_their_images) {
  const TemporaryFolder folder;
  using Weights = std::vector<double>;
  EXPECT_EQ(list_text(folder, "a.csv", "path,label,weight\n1,a,1\n2,b,1.0\n").weights, Weights{});
  const ImageFolder listing =
      list_text(folder, "a.csv", "path,label,weight\n1,b,0.5\n2,a,0\n3,b,\n4,a,1e3\n");
  EXPECT_EQ(listed(folder.path(), listing), (std::vector<std::string>{"2 a", "4 a", "1 b", "3 b"}));
  EXPECT_EQ(listing.weights, (Weights{0, 1000, 0.5, 1}));
  EXPECT_TRUE(listing.remarks.empty());
  const std::vector<int64_t> some = {3, 1};
  EXPECT_EQ(listing.select(some).weights, (Weights{1, 1000}));
  const ImageDataset dataset(listing, {.size = {8, 8}});
  EXPECT_EQ(dataset.weight(2), 0.5);
  EXPECT_EQ(list_text(folder, "a.jsonl",
                      "{\"path\": \"1\", \"label\": \"a\", \"weight\": 2.5}\n"
                      "{\"path\": \"2\", \"label\": \"b\"}\n")
                .weights,
            (Weights{2.5, 1}));
}

TEST(Manifest, an_image_listed_twice_counts_once) {
  const TemporaryFolder folder;
  const ImageFolder listing = list_text(folder, "a.csv", "path,label\n1,a\n./1,a\n2,b\n");
  EXPECT_EQ(listed(folder.path(), listing), (std::vector<std::string>{"1 a", "2 b"}));
  EXPECT_TRUE(contains(in_words(listing.skipped), "its image is listed twice"));
}

TEST(Manifest, for_predictions_labels_are_not_needed) {
  const TemporaryFolder folder;
  const std::vector<fs::path> paths{folder.write("a.csv", "path\n2.png\n1.png\n")};
  EXPECT_EQ(listed(folder.path(), list_unlabelled(paths)),
            (std::vector<std::string>{"2.png", "1.png"}));
}

TEST(Manifest, hostile_tables_are_told_with_their_line) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& name, const std::string& text,
                          const std::string& part) {
    const std::string message = error_of([&] { list_text(folder, name, text); });
    EXPECT_TRUE(contains(message, part)) << message;
    EXPECT_TRUE(message.starts_with((folder / name).string())) << message;
  };
  expect("a.csv", "", "expected a first line that names the columns");
  expect("a.csv", "x,y\n1,2\n", "line 1: expected a first line that names the columns");
  expect("a.csv", "path,label\n", "expected rows that list images, found none");
  expect("a.csv", "path,file,label\n", "expected one column for each thing, received \"file\"");
  expect("a.csv", "path,label\n1,a\n2\n", "line 3: expected 2 fields as in the first line");
  expect("a.csv", "path,label\n\"1\n\n,a\n", "line 2: expected a closing quote");
  expect("a.csv", "path,label\n\"1\"x,a\n", "line 2: expected a separator behind the closing");
  expect("a.csv", "path,label\n1,a\n\n,b\n", "line 4: expected the path of an image");
  expect("a.csv", "path,label\n1,\n", "line 2: expected a label, received none");
  expect("a.csv", "path,label\n1,a\n1,b\n", "is \"b\" here and \"a\" in line 2");
  expect("a.csv", "path,label\n1,a\n2,a\n", "at least two classes, received only \"a\"");
  expect("a.csv", "path,labels\n1,a;b\n", "expected one label an image, received \"a;b\"");
  expect("a.csv", "path,label,split\n1,a,hold\n", "a split of train, val or test");
  expect("a.csv", "path,label,weight\n1,a,-1\n",
         "line 2: expected a weight of 0 or more, received \"-1\"");
  for (const char* none : {"nan", "inf", "1e999", "1e39", "two", "1 "})
    expect("a.csv", std::string("path,label,weight\n1,a,1\n2,a,") + none + "\n",
           "line 3: expected a weight of 0 or more");
  expect("a.csv", "path,label,weight\n1,a,1\n1,a,2\n", "a weight of 2 here and of 1 in line 2");
  expect("a.csv", "path,label,weight\n1,a,nan\n", "a weight of 0 or more");
  expect("a.csv", std::string("path,label\n1\0x,a\n", 17), "expected the path of an image");
  expect("a.jsonl", "[1]\n", "line 1: expected an object");
  expect("a.jsonl", "\n{\"path\": \"1\"\n", "line 2: ");
  expect("a.jsonl", "{\"path\": [\"1\"], \"label\": \"a\"}\n", "expected one value as \"path\"");
  expect("a.jsonl", "{\"path\": \"1\", \"file\": \"2\"}\n", "expected one key for each thing");
  expect("a.jsonl", "{\"path\": true, \"label\": \"a\"}\n", "expected a text or a number");
  expect("a.jsonl", "{\"path\": \"1\", \"labels\": [\"a\", \"b\"]}\n",
         "expected one label an image");
  expect("a.jsonl", "{\"path\": \"1\", \"labels\": [[\"a\"]]}\n", "received a list");
  expect("a.jsonl", std::string(2 << 20, '['), "expected at most 1048576 bytes");
  expect("a.jsonl", std::string(100000, '['), "line 1: ");
}

}  // namespace
}  // namespace thaw
