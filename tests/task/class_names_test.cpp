#include "thaw/task/class_names.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "task/colour_model.h"
#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/task/class_folders.h"
#include "thaw/task/labels_file.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::TemporaryFolder;
using Names = std::vector<std::string>;

const Names three = {"blue", "green", "red"};

TEST(Labels, are_read_in_every_form_that_they_are_kept_in) {
  for (const char* text :
       {"blue\ngreen\nred\n",
        "\xef\xbb\xbf"
        "blue\r\ngreen\r\nred",
        "0 blue\n1 green\n2 red\n", "2: red\n0: blue\n1: green", "0,blue\n1,green\n2,red",
        "\n blue \n\ngreen\nred\n\n", R"(["blue", "green", "red"])",
        R"([{"id": 1, "name": "blue"}, "green", "red"])",
        R"({"0": "blue", "2": "red", "1": "green"})", R"({"red": 2, "blue": 0, "green": 1})",
        R"({"0": ["n01", "blue"], "1": ["n02", "green"], "2": ["n03", "red"]})",
        R"({"tfjsVersion": "1.3.1", "labels": ["blue", "green", "red"], "imageSize": 224})",
        R"({"id2label": {"0": "blue", "1": "green", "2": "red"}})"})
    EXPECT_EQ(parse_labels(text), three) << text;
  // Names that begin with numbers, but do not count them.
  EXPECT_EQ(parse_labels("1 euro\n2 euro\n"), (Names{"1 euro", "2 euro"}));
  EXPECT_EQ(parse_labels("0 dogs\n1 dogs\n"), (Names{"0 dogs", "1 dogs"}));
  EXPECT_EQ(parse_labels("0\n1\n2\n"), (Names{"0", "1", "2"}));
}

TEST(Labels, that_cannot_be_meant_are_errors) {
  const auto refusal = [](const char* text) { return error_of([&] { parse_labels(text); }); };
  EXPECT_TRUE(contains(refusal(""), "received none"));
  EXPECT_TRUE(contains(refusal("a\nb\na"), "\"a\" is there twice"));
  EXPECT_TRUE(contains(refusal("caf\u00e9\ncafe\u0301"), "is there twice"));
  EXPECT_TRUE(contains(refusal("a\n\x1b[2Jb"), "control characters"));
  EXPECT_TRUE(contains(refusal(R"(["a", 3])"), "expected a name, received 3"));
  EXPECT_TRUE(contains(refusal(R"({"0": "a", "2": "b"})"), "expected the numbers 0 to 1"));
  EXPECT_TRUE(contains(refusal(R"({"a": 0, "b": 0})"), "each once"));
  EXPECT_TRUE(contains(refusal(R"({"a": 0, "b": -1})"), "expected the numbers 0 to 1"));
  EXPECT_TRUE(contains(refusal(R"({"a": "b"})"), "from numbers to names"));
  EXPECT_NE(refusal("[\"a\""), "");
  EXPECT_NE(refusal("{}"), "");
}

Functional of_three() {
  const auto [image, colour] = testing::colour_model();
  return testing::model_of(image, colour);
}

TEST(ClassNames, are_those_asked_for) {
  const TemporaryFolder folder;
  const auto file = folder.write("names.txt", "blue\ngreen\nred\n");
  const auto asked = [](const std::string& text) {
    return find_class_names(of_three(), 3, {.asked = text}).names;
  };
  EXPECT_EQ(asked("blue,green,red"), three);
  EXPECT_EQ(asked(" blue, green ,red "), three);
  EXPECT_EQ(asked(file.string()), three);
  EXPECT_EQ(asked("dark blue,green,red")[0], "dark blue");
  EXPECT_EQ(error_of<UsageError>([&] { asked("blue,green"); }),
            "--classes: model \"colours\": received 2 class names (blue, green) for 3 classes");
  EXPECT_TRUE(contains(error_of<UsageError>([&] { asked("blue,,red"); }), "an empty one"));
  EXPECT_TRUE(contains(error_of<UsageError>([&] { asked("a,b,a"); }), "there twice"));
  EXPECT_TRUE(contains(error_of<UsageError>([&] { asked("no.txt"); }), "no such file"));
}

TEST(ClassNames, are_found_beside_the_model_where_their_number_fits) {
  const auto found = [](const TemporaryFolder& folder) {
    return find_class_names(of_three(), 3, {.model_file = folder / "flowers.h5"});
  };
  const TemporaryFolder folder;
  EXPECT_EQ(found(folder).names, (Names{"class 0", "class 1", "class 2"}));
  EXPECT_FALSE(found(folder).known);
  folder.write("labels.txt", "a\nb\n");  // of another model
  EXPECT_FALSE(found(folder).known);
  EXPECT_EQ(found(folder).remark, "");
  folder.write("class_indices.json", R"({"red": 2, "blue": 0, "green": 1})");
  EXPECT_EQ(found(folder).names, three);
  EXPECT_EQ(found(folder).remark,
            "class names from " + (folder / "class_indices.json").string() + ": blue, green, red");
  folder.write("flowers.labels.txt", "0 x\n1 y\n2 z\n");
  EXPECT_EQ(found(folder).names, (Names{"x", "y", "z"}));
  EXPECT_TRUE(found(folder).known);
  for (const char* name : {"labels.txt", "class_names.txt", "class_names.json", "labels.json",
                           "classes.txt", "metadata.json", "flowers.h5.labels.txt"}) {
    const TemporaryFolder other;
    other.write(name, R"(["blue", "green", "red"])");
    EXPECT_EQ(found(other).names, three) << name;
  }
  const TemporaryFolder wrong;
  wrong.write("flowers.labels.txt", "a\nb\n");
  EXPECT_FALSE(found(wrong).known);
  EXPECT_TRUE(contains(found(wrong).remark, "is not used: 2 class names (a, b) for 3 classes"))
      << found(wrong).remark;
}

TEST(ClassNames, of_the_model_itself_come_before_a_file_beside_it) {
  const TemporaryFolder folder;
  folder.write("labels.txt", "x\ny\nz\n");
  const Functional model = of_three();
  keep_class_names(model, three);
  EXPECT_EQ(find_class_names(model, 3, {.model_file = folder / "m.h5"}).names, three);
  EXPECT_EQ(class_names(model), three);
}

TEST(ClassNames, are_imagenets_for_its_known_networks_alone) {
  const Functional known =
      applications::create("mobilenet_v2@alpha=0.35", {.input_shape = {32, 32, 3}, .weights = ""});
  EXPECT_EQ(find_class_names(known, 1000).names[0], "tench");
  const Symbol image = input({32});
  const Functional unknown(image, dense({.units = 1000, .activation = "softmax"})(image));
  EXPECT_EQ(find_class_names(unknown, 1000).names[0], "class 0");
}

ImageFolder folder_of(const Names& names) {
  ImageFolder folder{names, {}, {}};
  for (size_t i = 0; i < names.size(); ++i) {
    folder.files.push_back(names[i] + "/0.jpg");
    folder.labels.push_back(static_cast<int64_t>(i));
  }
  return folder;
}

TEST(ClassFolders, are_matched_by_name_all_or_some) {
  const ClassNames classes{.names = {"red", "caf\u00e9", "blue"}};
  const auto labels = [&](const Names& names) {
    return match_classes(folder_of(names), classes).folder.labels;
  };
  EXPECT_EQ(labels({"blue", "cafe\u0301", "red"}), (std::vector<int64_t>{2, 1, 0}));
  EXPECT_EQ(labels({"caf\u00e9"}), std::vector<int64_t>{1});
  EXPECT_EQ(match_classes(folder_of({"blue", "cafe\u0301", "red"}), classes).remark, "");
  EXPECT_EQ(match_classes(folder_of({"blue"}), classes).remark,
            "there are folders of 1 of the model's 3 classes: blue");
  EXPECT_EQ(match_classes(folder_of({"blue"}), classes).folder.class_names, classes.names);
}

TEST(ClassFolders, are_taken_in_order_where_nobody_named_the_classes) {
  const ClassNames unnamed{.names = {"class 0", "class 1", "class 2"}, .known = false};
  const ClassFolders matched = match_classes(folder_of({"bar", "disc", "tri"}), unnamed);
  EXPECT_EQ(matched.folder.labels, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(contains(matched.remark, "bar = output 0, disc = output 1, tri = output 2"));
  EXPECT_EQ(match_classes(folder_of({"class 0", "class 2"}), unnamed).folder.labels,
            (std::vector<int64_t>{0, 2}));
  const std::string fewer = error_of([&] { match_classes(folder_of({"bar", "disc"}), unnamed); });
  EXPECT_TRUE(contains(fewer, "3 classes without names")) << fewer;
  EXPECT_TRUE(contains(fewer, "2 folders: bar, disc")) << fewer;
  EXPECT_TRUE(contains(fewer, "--classes")) << fewer;
}

TEST(ClassFolders, that_match_nothing_are_an_error_that_lists_both) {
  const ClassNames classes{.names = {"cat", "dog"}};
  const std::string message = error_of([&] {
    match_classes(folder_of({"hund", "katze"}), classes);
  });
  EXPECT_TRUE(contains(message, "cat, dog")) << message;
  EXPECT_TRUE(contains(message, "hund, katze")) << message;
  EXPECT_EQ(listed(Names{"a", "b", "c"}, 2), "a, b, … (1 more)");
}

}  // namespace
}  // namespace thaw
