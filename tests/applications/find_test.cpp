#include <gtest/gtest.h>

#include <set>

#include "support/error_of.h"
#include "thaw/applications/application.h"

namespace thaw::applications {
namespace {

using thaw::testing::contains;
using thaw::testing::error_of;

TEST(Find, knows_every_network_by_its_name_and_by_keras_name) {
  std::set<std::string_view> names;
  for (const Application* application : all()) {
    EXPECT_EQ(find(application->name).first, application);
    EXPECT_EQ(find(application->keras_name).first, application);
    names.insert(application->name);
  }
  for (const char* name :
       {"mobilenet", "mobilenet_v2", "resnet50_v2", "resnet101_v2", "resnet152_v2", "squeezenet"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Find, reads_options_after_the_at_sign) {
  const auto [application, options] = find("mobilenet_v2@alpha=0.35");
  EXPECT_EQ(application->name, "mobilenet_v2");
  EXPECT_EQ(options.alpha, 0.35);
  EXPECT_TRUE(options.include_top);
  const auto [other, several] = find("MobileNet@alpha=.5,depth_multiplier=2,dropout=0.25");
  EXPECT_EQ(other->name, "mobilenet");
  EXPECT_EQ(several.alpha, 0.5);
  EXPECT_EQ(several.depth_multiplier, 2);
  EXPECT_EQ(several.dropout, 0.25);
  const auto small =
      find("mobilenet_v3_small@minimalistic=true,include_preprocessing=false,dropout_rate=0")
          .second;
  EXPECT_TRUE(small.minimalistic);
  EXPECT_FALSE(small.include_preprocessing);
  EXPECT_EQ(small.dropout_rate, 0);
}

std::string refusal(const std::string& text) {
  return error_of<UsageError>([&] { find(text); });
}

TEST(Find, names_the_nearest_and_lists_all) {
  EXPECT_TRUE(contains(refusal("mobilnet_v2"), "did you mean mobilenet_v2?"))
      << refusal("mobilnet_v2");
  EXPECT_TRUE(contains(refusal("resnet_50_v2"), "did you mean resnet50_v2?"))
      << refusal("resnet_50_v2");
  for (const Application* application : all())
    EXPECT_TRUE(contains(refusal("x"), std::string(application->name))) << refusal("x");
}

TEST(Find, compares_without_regard_to_case_when_it_suggests) {
  EXPECT_TRUE(contains(refusal("MOBILENET_V2"), "did you mean mobilenet_v2?"))
      << refusal("MOBILENET_V2");
  EXPECT_TRUE(contains(refusal("ResNet50v2"), "did you mean")) << refusal("ResNet50v2");
}

TEST(Find, suggests_nothing_that_is_far_off) {
  EXPECT_FALSE(contains(refusal("transformer"), "did you mean")) << refusal("transformer");
  EXPECT_FALSE(contains(refusal(""), "did you mean")) << refusal("");
}

TEST(Find, keeps_its_message_short_whatever_it_is_given) {
  EXPECT_LT(refusal(std::string(100'000, 'm')).size(), 1200U) << "which lists every network";
  EXPECT_LT(refusal("mobilenet_v2@" + std::string(100'000, 'm')).size(), 400U);
  EXPECT_LT(refusal("mobilenet_v2@alpha=" + std::string(100'000, '1')).size(), 400U);
}

TEST(Find, refuses_options_that_the_network_does_not_take) {
  EXPECT_TRUE(contains(refusal("resnet50_v2@alpha=0.5"), "resnet50_v2"))
      << refusal("resnet50_v2@alpha=0.5");
  EXPECT_TRUE(contains(refusal("mobilenet_v2@dropout=0.5"), "alpha"));
  for (const char* text :
       {"mobilenet_v2@", "mobilenet_v2@alpha", "mobilenet_v2@alpha=", "mobilenet_v2@alpha=x",
        "mobilenet_v2@alpha=0.5x", "mobilenet_v2@alpha=0.5,", "mobilenet_v2@,alpha=0.5",
        "mobilenet_v2@alpha=0.5,alpha=1", "mobilenet_v2@=0.5", "mobilenet_v2@Alpha=0.5",
        "mobilenet@depth_multiplier=1.5", "@alpha=0.5", "mobilenet_v3_small@minimalistic=1",
        "mobilenet_v3_small@minimalistic", "vgg16@include_preprocessing=false"})
    EXPECT_NE(refusal(text), "") << text;
}

std::string refusal(const std::string& name, Options options) {
  options.weights = options.weights == "imagenet" ? "none" : options.weights;
  return error_of<UsageError>([&] { create(*find(name).first, options); });
}

TEST(Options, out_of_range_are_refused_by_name) {
  const auto expect = [](const std::string& message, const char* part) {
    EXPECT_TRUE(contains(message, part)) << "received \"" << message << "\"";
  };
  expect(refusal("mobilenet_v2", {.input_shape = {31, 224, 3}}), "32×32");
  expect(refusal("xception", {.input_shape = {70, 71, 3}}), "71×71");
  expect(refusal("inception_v3", {.input_shape = {75, 74, 3}}), "75×75");
  expect(refusal("mobilenet_v2", {.input_shape = {224, 224}}), "input_shape");
  expect(refusal("mobilenet_v2", {.input_shape = {224, 224, 0}}), "input_shape");
  expect(refusal("mobilenet_v2", {.input_shape = {int64_t{1} << 40, 224, 3}}), "input_shape");
  expect(refusal("mobilenet_v2", {.classes = 0}), "classes");
  expect(refusal("mobilenet_v2", {.classes = int64_t{1} << 40}), "classes");
  expect(refusal("mobilenet_v2", {.pooling = "sum"}), "pooling");
  expect(refusal("mobilenet_v2", {.alpha = 0}), "alpha");
  expect(refusal("mobilenet_v2", {.alpha = 1e300}), "alpha");
  expect(refusal("mobilenet_v2", {.alpha = std::numeric_limits<double>::quiet_NaN()}), "alpha");
  expect(refusal("mobilenet", {.depth_multiplier = 0}), "depth_multiplier");
  expect(refusal("mobilenet", {.dropout = 1}), "dropout");
  expect(refusal("mobilenet_v3_small", {.dropout_rate = -0.1}), "dropout");
  expect(refusal("vgg16", {.dropout_rate = 0.1}), "no option");
  expect(refusal("vgg16", {.minimalistic = true}), "no option");
  expect(refusal("vgg16", {.include_preprocessing = false}), "no option");
  expect(refusal("mobilenet_v2", {.dropout = 0.5}), "only alpha");
  expect(refusal("resnet50_v2", {.alpha = 0.5}), "no option");
}

TEST(Options, that_imagenet_weights_cannot_have_are_refused_before_anything_is_fetched) {
  const auto refuse = [](const std::string& name, Options options) {
    return error_of<UsageError>([&] { create(*find(name).first, options); });
  };
  EXPECT_TRUE(contains(refuse("mobilenet_v2", {.classes = 7}), "1000 classes"));
  EXPECT_TRUE(contains(refuse("mobilenet_v2", {.alpha = 0.4}), "0.35, 0.5"));
  EXPECT_TRUE(contains(refuse("mobilenet", {.depth_multiplier = 2}), "depth_multiplier of 1"));
  EXPECT_TRUE(contains(refuse("resnet50_v2", {.input_shape = {64, 64, 1}}), "3 channels"));
  EXPECT_TRUE(contains(refuse("resnet50_v2", {.classifier_activation = "relu"}), "softmax"));
  EXPECT_TRUE(contains(refuse("squeezenet", {}), "name a file"));
}

}  // namespace
}  // namespace thaw::applications
