#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "support/error_of.h"
#include "thaw/applications/application.h"
#include "thaw/applications/networks/mobilenet.h"
#include "thaw/applications/networks/mobilenet_v2.h"
#include "thaw/applications/networks/mobilenet_v3.h"
#include "thaw/core/files.h"

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
  EXPECT_EQ(options.own.as<MobileNetV2Options>().alpha, 0.35);
  EXPECT_TRUE(options.include_top);
  const auto [other, several] = find("MobileNet@alpha=.5,depth_multiplier=2,dropout=0.25");
  EXPECT_EQ(other->name, "mobilenet");
  const auto own = several.own.as<MobileNetOptions>();
  EXPECT_EQ(own.alpha, 0.5);
  EXPECT_EQ(own.depth_multiplier, 2);
  EXPECT_EQ(own.dropout, 0.25);
  const auto small =
      find("mobilenet_v3_small@minimalistic=true,include_preprocessing=false,dropout_rate=0")
          .second.own.as<MobileNetV3Options>();
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
  expect(refusal("mobilenet_v2", {.own = MobileNetV2Options{.alpha = 0}}), "alpha");
  expect(refusal("mobilenet_v2", {.own = MobileNetV2Options{.alpha = 1e300}}), "alpha");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect(refusal("mobilenet_v2", {.own = MobileNetV2Options{.alpha = nan}}), "alpha");
  expect(refusal("mobilenet", {.own = MobileNetOptions{.depth_multiplier = 0}}),
         "depth_multiplier");
  expect(refusal("mobilenet", {.own = MobileNetOptions{.dropout = 1}}), "dropout");
  expect(refusal("mobilenet_v3_small", {.own = MobileNetV3Options{.dropout_rate = -0.1}}),
         "dropout");
  expect(refusal("vgg16", {.own = MobileNetV3Options{}}), "no option");
  expect(refusal("mobilenet_v2", {.own = MobileNetOptions{}}), "only alpha");
  expect(refusal("resnet50_v2", {.own = MobileNetV2Options{.alpha = 0.5}}), "received alpha=0.5");
}

TEST(Options, that_imagenet_weights_cannot_have_are_refused_before_anything_is_fetched) {
  const auto refuse = [](const std::string& name, Options options) {
    return error_of<UsageError>([&] { create(*find(name).first, options); });
  };
  EXPECT_TRUE(contains(refuse("mobilenet_v2", {.classes = 7}), "1000 classes"));
  EXPECT_TRUE(
      contains(refuse("mobilenet_v2", {.own = MobileNetV2Options{.alpha = 0.4}}), "0.35, 0.5"));
  EXPECT_TRUE(contains(refuse("mobilenet", {.own = MobileNetOptions{.depth_multiplier = 2}}),
                       "depth_multiplier of 1"));
  EXPECT_TRUE(contains(refuse("resnet50_v2", {.input_shape = {64, 64, 1}}), "3 channels"));
  EXPECT_TRUE(contains(refuse("resnet50_v2", {.classifier_activation = "relu"}), "softmax"));
  EXPECT_TRUE(contains(refuse("squeezenet", {}), "name a file"));
}

/// What `thaw models` prints and docs/networks.md says.
TEST(OwnOptions, are_known_by_name_and_kind_from_the_networks_description) {
  EXPECT_EQ(find("mobilenet").first->takes(), "alpha depth_multiplier dropout");
  EXPECT_EQ(find("mobilenet_v3_small").first->takes(),
            "alpha minimalistic dropout_rate include_preprocessing");
  EXPECT_EQ(find("convnext_tiny").first->takes(), "include_preprocessing");
  EXPECT_EQ(find("vgg16").first->takes(), "");
  const Config own = find("mobilenet").first->own_defaults();
  EXPECT_FALSE(own.at("alpha").is_integer());
  EXPECT_TRUE(own.at("alpha").is_number());
  EXPECT_TRUE(own.at("depth_multiplier").is_integer());
  EXPECT_TRUE(find("convnext_tiny").first->own_defaults().at("include_preprocessing").is_bool());
}

/// "| `mobilenet` | `alpha`, `dropout` | 32 |": the second cell, of the row that names `network`.
std::string options_in(const std::string& page, std::string_view network) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const size_t first = line.find('|', 1);
    if (line.find("`" + std::string(network) + "`") >= first) continue;
    std::string names;
    for (const char c : line.substr(first + 2, line.find('|', first + 1) - first - 2))
      if (c != '`' && c != ',') names += c;
    if (names.ends_with(' ')) names.pop_back();
    return names;
  }
  return "no row";
}

TEST(OwnOptions, are_those_of_the_page_on_networks) {
  const std::string page = read_file(THAW_SOURCE_FOLDER "/docs/networks.md");
  int compared = 0;
  for (const Application* network : all()) {
    const std::string written = options_in(page, network->name);
    if (written == "no row") continue;  // "`efficientnet_b0` to `_b7`": the first speaks for all
    EXPECT_EQ(written, network->takes()) << network->name;
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

TEST(OwnOptions, of_another_kind_are_refused_by_name) {
  const auto refuse = [](const char* network, const char* name, Config value) {
    Options options{.weights = "none"};
    options.own.set(name, std::move(value));
    return error_of<UsageError>([&] { create(*find(network).first, options); });
  };
  const std::string alpha = refuse("mobilenet_v2", "alpha", "wide");
  EXPECT_TRUE(contains(alpha, "alpha: expected")) << alpha;
  const std::string depth = refuse("mobilenet", "depth_multiplier", 1.5);
  EXPECT_TRUE(contains(depth, "depth_multiplier: expected")) << depth;
  const std::string flag = refuse("mobilenet_v3_small", "minimalistic", 1);
  EXPECT_TRUE(contains(flag, "minimalistic: expected")) << flag;
}

TEST(Create, takes_a_name_with_options_as_find_does) {
  const Options options{.include_top = false, .weights = "none"};
  const Functional model = create("mobilenet_v2@alpha=0.35", options);
  EXPECT_EQ(model.count_parameters(), 410'208) << "tests/golden/applications/mobilenet_v2";
  EXPECT_EQ(mobilenet_v2(
                {.include_top = false, .weights = "none", .own = MobileNetV2Options{.alpha = 0.35}})
                .count_parameters(),
            410'208);
}

}  // namespace
}  // namespace thaw::applications
