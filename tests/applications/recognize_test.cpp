#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/applications/layer_names.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/layer_normalization.h"
#include "thaw/graph/layers/layer_scale.h"
#include "thaw/graph/layers/normalization.h"
#include "thaw/graph/layers/separable_conv_2d.h"

namespace thaw::applications {
namespace {

using thaw::testing::GoldenFile;

/// A layer as the golden file tells it: "Conv2D conv1/conv 7,7,3,64".
struct Described {
  std::string class_name, name;
  std::vector<std::vector<int64_t>> shapes;
};

Described described(const std::string& text) {
  Described result;
  std::istringstream words(text);
  words >> result.class_name >> result.name;
  for (std::string word; words >> word;) {
    std::istringstream sizes(word == "-" ? "" : word);
    result.shapes.emplace_back();
    for (std::string size; std::getline(sizes, size, ',');)
      result.shapes.back().push_back(std::stoll(size));
  }
  return result;
}

/// A layer of that class, name and weights on an image of its own; nullopt for classes that thaw
/// nests or does not have.
std::optional<std::pair<Symbol, Symbol>> built(const Described& layer) {
  const auto& [kind, name, shapes] = layer;
  const auto& first = shapes[0];
  const auto on = [](int64_t channels, const Layer& made) {
    const Symbol image = input({8, 8, channels});
    return std::pair(image, made(image));
  };
  const bool biased = shapes.back().size() == 1;
  if (kind == "Conv2D") {
    return on(first[2],
              conv_2d({.filters = first[3],
                       .kernel_size = {static_cast<int>(first[0]), static_cast<int>(first[1])},
                       .padding = "same",
                       .use_bias = biased,
                       .name = name}));
  }
  if (kind == "DepthwiseConv2D") {
    return on(first[2], depthwise_conv_2d({.kernel_size = static_cast<int>(first[0]),
                                           .padding = "same",
                                           .depth_multiplier = first[3],
                                           .use_bias = biased,
                                           .name = name}));
  }
  if (kind == "SeparableConv2D") {
    return on(first[2], separable_conv_2d({.filters = shapes[1][3],
                                           .kernel_size = static_cast<int>(first[0]),
                                           .padding = "same",
                                           .depth_multiplier = first[3],
                                           .use_bias = biased,
                                           .name = name}));
  }
  if (kind == "BatchNormalization")
    return on(first[0], batch_normalization({.scale = shapes.size() == 4, .name = name}));
  if (kind == "Dense")
    return on(first[0], dense({.units = first[1], .use_bias = biased, .name = name}));
  if (kind == "LayerNormalization") return on(first[0], layer_normalization({.name = name}));
  if (kind == "LayerScale")
    return on(first[0], layer_scale({.projection_dim = first[0], .name = name}));
  if (kind == "Normalization") return on(first[0], normalization({.name = name}));
  return std::nullopt;
}

/// Layers side by side: what recognize() looks at is which there are.
Functional model_of(const std::string& text, const std::string& name, bool include_top) {
  std::vector<Described> layers;
  std::istringstream texts(text);
  for (std::string layer; std::getline(texts, layer, ';');) layers.push_back(described(layer));
  if (!include_top) layers.pop_back();
  std::vector<Symbol> inputs;
  std::vector<Symbol> outputs;
  for (const Described& layer : layers) {
    if (const auto ends = built(layer)) {
      inputs.push_back(ends->first);
      outputs.push_back(ends->second);
    }
  }
  return {inputs, outputs, name};
}

const GoldenFile& golden_file() {
  static const GoldenFile file("applications/tf_keras.golden.gz");
  return file;
}

std::vector<std::string> networks() {
  std::istringstream names(golden_file().text("networks"));
  return {std::istream_iterator<std::string>(names), {}};
}

class TfKeras : public ::testing::TestWithParam<std::string> {};

TEST_P(TfKeras, NetworksAreRecognizedByTheirNamesForLayers) {
  const GoldenFile& golden = golden_file();
  std::string expected;
  for (const Application* application : all())
    if (application->keras_name == GetParam()) expected = application->name;
  const std::string name = golden.text(GetParam() + "/name");
  for (const std::string& called : {name, std::string("model_1")}) {
    for (const bool include_top : {true, false}) {
      const Functional model = model_of(golden.text(GetParam() + "/layers"), called, include_top);
      const Application* found = recognize(model);
      EXPECT_EQ(found == nullptr ? "" : found->name, expected) << called << " " << include_top;
      std::vector<Symbol> inputs;
      for (const Symbol& one : model.inputs()) inputs.push_back(input(one.shape()));
      const Application* nested = recognize(Functional(inputs, {model(inputs)}, "around it"));
      EXPECT_EQ(nested, found) << called << " " << include_top;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, TfKeras, ::testing::ValuesIn(networks()),
                         [](const auto& test) { return test.param; });

TEST(LayerNames, OfTheFirstResNet50AreRecognized) {
  const Application& resnet50 = *find("resnet50").first;
  const Functional model = create(resnet50, {.weights = "none", .name = "mine"});
  for (const Layer& layer : model.layers()) {
    std::string name = layer.name();
    if (name == "conv1_conv") layer.set_name("conv1");
    if (name == "conv1_bn") layer.set_name("bn_conv1");
    if (layer.variables().empty() || name.find("_block") == std::string::npos) continue;
    const char stage = name[4];  // conv2_block1_0_conv
    const char block = static_cast<char>('a' + name[11] - '1');
    const char place = name[13];
    const std::string branch =
        place == '0' ? "1" : std::string("2") + static_cast<char>('a' + place - '1');
    const std::string kind = name.ends_with("bn") ? "bn" : "res";
    layer.set_name(kind + stage + block + "_branch" + branch);
  }
  EXPECT_EQ(model.get_layer("res2a_branch2a").class_name(), "Conv2D");
  EXPECT_EQ(model.get_layer("bn5c_branch2c").class_name(), "BatchNormalization");
  EXPECT_EQ(recognize(model), &resnet50);
}

TEST(LayerNames, OfEveryGenerationAreToldInTheWordsOfThisOne) {
  const std::map<std::string, std::string> modern = {
      {"Conv/BatchNorm", "conv_bn"},
      {"expanded_conv_3/squeeze_excite/Conv_1", "expanded_conv_3_squeeze_excite_conv_1"},
      {"res3b1_branch2c", "conv3_block2_3_conv"},
      {"bn4f_branch1", "conv4_block6_0_bn"},
      {"reshape_2", "reshape_2"},
      {"res2a_branch3", "res2a_branch3"},
      {"", ""}};
  for (const auto& [name, expected] : modern) EXPECT_EQ(modern_name(name), expected) << name;
  EXPECT_EQ(automatic_number("convolution2d_12", "Conv2D"), 12);
  EXPECT_EQ(automatic_number("batchnormalization_3", "BatchNormalization"), 3);
  EXPECT_EQ(automatic_number("batch_normalization", "BatchNormalization"), 0);
  EXPECT_EQ(automatic_number("conv2d_1a_3x3", "Conv2D"), std::nullopt);
  EXPECT_EQ(automatic_number("conv2d_", "Conv2D"), std::nullopt);
}

/// EfficientNets of other authors have no Normalization, and are fed otherwise than Lite.
TEST(Recognize, efficientnet_lite_has_no_gates) {
  const Functional lite =
      create("efficientnet_lite1", {.include_top = false, .weights = "none", .name = "mine"});
  EXPECT_EQ(recognize(lite), find("efficientnet_lite1").first);
  EXPECT_EQ(preprocessing_of(lite), "mean=127,std=128");
  const Layer gate = conv_2d({.filters = 4, .kernel_size = 1, .name = "block1a_se_reduce"});
  EXPECT_EQ(recognize(Functional(lite.inputs()[0], gate(lite.outputs()[0]), "mine")), nullptr);
}

}  // namespace
}  // namespace thaw::applications
