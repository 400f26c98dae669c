#include <gtest/gtest.h>

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

/// Keras's keras.applications.*.preprocess_input, by its mode.
TEST(Preprocessing, is_the_mode_of_keras) {
  for (const Application* application : all()) {
    const bool is_squeezenet = application->name == "squeezenet";
    EXPECT_EQ(application->preprocessing, is_squeezenet ? "caffe" : "tf") << application->name;
  }
}

}  // namespace
}  // namespace thaw::applications
