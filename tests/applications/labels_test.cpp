#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "support/shared_files.h"
#include "thaw/applications/application.h"
#include "thaw/applications/imagenet_labels.h"

namespace thaw::applications {
namespace {

TEST(ImagenetLabels, stand_at_the_outputs_of_keras_networks) {
  const auto labels = imagenet_labels();
  ASSERT_EQ(labels.size(), 1000U);
  EXPECT_EQ(labels[0], "tench");
  EXPECT_EQ(labels[88], "macaw");
  EXPECT_EQ(labels[281], "tabby");
  EXPECT_EQ(labels[934], "hotdog");
  EXPECT_EQ(labels[985], "daisy");
  EXPECT_EQ(labels[999], "toilet tissue");
}

TEST(ImagenetLabels, are_all_different_and_none_is_empty) {
  const std::set<std::string_view> different(imagenet_labels().begin(), imagenet_labels().end());
  EXPECT_EQ(different.size(), 1000U);
  EXPECT_FALSE(different.contains(""));
}

TEST(ImagenetLabels, are_as_many_as_the_outputs_of_every_network) {
  for (const Application* application : all()) {
    const Shape shape = create(*application, {.weights = "none"}).outputs()[0].shape();
    EXPECT_EQ(shape, (Shape{static_cast<int64_t>(imagenet_labels().size())})) << application->name;
  }
}

/// The file's lines are whole synsets, "tench, Tinca tinca"; ours is one of the words, or, where
/// two classes share a word (crane, maillot), one with an addition.
TEST(ImagenetLabels, are_words_of_the_synsets_of_the_labels_file) {
  const auto path = testing::shared_file("photos/imagenet_labels.txt");
  THAW_NEEDS_SHARED_FILE(path);
  std::ifstream stream(path);
  std::string line;
  std::getline(stream, line);
  ASSERT_EQ(line, "background");
  std::vector<std::string> different;
  for (const std::string_view label : imagenet_labels()) {
    ASSERT_TRUE(std::getline(stream, line)) << "the file ends before " << label;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const bool is_one =
        (", " + line + ",").find(", " + std::string(label) + ",") != std::string::npos;
    if (!is_one) different.push_back(std::string(label) + " (" + line + ")");
  }
  EXPECT_FALSE(std::getline(stream, line) && !line.empty()) << "the file goes on with " << line;
  const std::vector<std::string> expected = {"crane bird (crane)",
                                             "maillot tank suit (maillot, tank suit)"};
  EXPECT_EQ(different, expected);
}

/// Keras's keras.applications.*.preprocess_input, by its mode; SqueezeNet's and EfficientNet-Lite's
/// as their authors'.
std::string_view mode_of(std::string_view name) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> stems) {
    return std::ranges::any_of(stems,
                               [&](std::string_view stem) { return name.starts_with(stem); });
  };
  if (name.starts_with("efficientnet_lite")) return "mean=127,std=128";
  if (is_one_of({"mobilenet_v3", "efficientnet", "convnext"})) return "none";
  if (name.starts_with("densenet")) return "torch";
  if (is_one_of({"vgg", "squeezenet"})) return "caffe";
  if (name.starts_with("resnet") && !name.ends_with("_v2")) return "caffe";
  return "tf";
}

TEST(Preprocessing, is_the_mode_of_keras) {
  for (const Application* application : all())
    EXPECT_EQ(application->preprocessing, mode_of(application->name)) << application->name;
}

/// Where a network that preprocesses by itself is made without that, its images need it before.
TEST(Preprocessing, that_a_network_was_made_without_is_done_before_it) {
  for (const Application* application : all()) {
    Options options{.weights = "none"};
    EXPECT_EQ(preprocessing_of(create(*application, options)), application->preprocessing)
        << application->name;
    ASSERT_EQ(application->own_defaults().find("include_preprocessing") != nullptr,
              !application->preprocessing_left_out.empty())
        << application->name;
    if (application->preprocessing_left_out.empty()) continue;
    EXPECT_EQ(application->preprocessing, "none") << application->name;
    options.own.set("include_preprocessing", false);
    EXPECT_EQ(preprocessing_of(create(*application, options)), application->preprocessing_left_out)
        << application->name;
  }
}

}  // namespace
}  // namespace thaw::applications
