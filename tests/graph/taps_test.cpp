#include "thaw/graph/taps.h"

#include <gtest/gtest.h>

#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/network.h"

namespace thaw {
namespace {

Symbol convolution(const Symbol& x, int64_t filters, const std::string& name) {
  return conv_2d({.filters = filters, .kernel_size = {3, 3}, .padding = "same", .name = name})(x);
}

/// A stem and three blocks, of which the last is a convolution alone.
Functional network() {
  const Symbol image = input({8, 8, 3}, "image");
  Symbol x = relu({.name = "stem_relu"})(convolution(image, 4, "stem_conv"));
  for (int i = 1; i <= 2; ++i) {
    const std::string block = "block_" + std::to_string(i) + "_";
    Symbol y = conv_2d({.filters = 6 + i, .kernel_size = {1, 1}, .name = block + "expand"})(x);
    y = depthwise_conv_2d({.kernel_size = {3, 3}, .padding = "same", .name = block + "depthwise"})(
        y);
    y = batch_normalization({.name = block + "depthwise_bn"})(y);
    y = relu({.name = block + "depthwise_relu"})(y);
    y = conv_2d({.filters = 4, .kernel_size = {1, 1}, .name = block + "project"})(y);
    x = add({.name = block + "add"})({x, y});
  }
  return {image, convolution(x, 5, "top_conv"), "small"};
}

TEST(Taps, AreTheLastDepthwiseConvolutionOfEachBlockBehindItsActivation) {
  const auto taps = taps_of(network());
  std::vector<std::string> layers;
  for (const Tap& tap : taps) layers.push_back(tap.value.call()->layer.name());
  EXPECT_EQ(layers, (std::vector<std::string>{"stem_relu", "block_1_depthwise_relu",
                                              "block_2_depthwise_relu"}));
  EXPECT_EQ(taps[1].block, "block_1");
}

TEST(Taps, LeaveOutTheLowestWhereThereAreTooManyColumns) {
  const auto taps = taps_of(network(), 16);
  ASSERT_EQ(taps.size(), 2U);
  EXPECT_EQ(taps[0].block, "block_1");
}

TEST(Taps, ShareTheLayersOfTheNetwork) {
  const Functional base = network();
  const auto taps = taps_of(base);
  const Functional tapped = with_taps(base, taps);
  ASSERT_EQ(tapped.outputs().size(), 1 + taps.size());
  EXPECT_EQ(tapped.outputs()[0], base.outputs()[0]);
  EXPECT_EQ(tapped.get_layer("block_1_expand"), base.get_layer("block_1_expand"));
  EXPECT_EQ(tapped.name(), "small");
}

TEST(Taps, ComeOutOfANetworkThatIsNested) {
  const Functional inside = network();
  const Symbol image = input({8, 8, 3}, "pixels");
  const Functional base(
      image, inside(rescaling({.scale = {1.0F / 255}, .name = "rescaling"})(image)), "fed");
  base.metadata().set("form", "kept");
  const auto taps = taps_of(network_of(base));
  const Functional tapped = with_taps(base, taps);
  ASSERT_EQ(tapped.outputs().size(), 1 + taps.size());
  EXPECT_EQ(tapped.outputs()[0].shape(), base.outputs()[0].shape());
  EXPECT_EQ(tapped.outputs()[2].shape(), taps[1].value.shape());
  EXPECT_EQ(tapped.metadata().at("form").as_string(), "kept");
  EXPECT_EQ(tapped.count_parameters(), base.count_parameters());
}

TEST(Taps, CanBeTakenAwayAgain) {
  const Functional inside = network();
  const Symbol image = input({8, 8, 3}, "pixels");
  const Functional base(
      image, inside(rescaling({.scale = {1.0F / 255}, .name = "rescaling"})(image)), "fed");
  const Functional tapped = with_taps(base, taps_of(network_of(base)));
  EXPECT_EQ(tapped_call(base), nullptr);
  const Symbol again = input({8, 8, 3}, "again");
  const Functional model(again, tapped(again), "model");
  ASSERT_NE(tapped_call(model), nullptr);
  EXPECT_EQ(Layer(*tapped_call(model)->layer.nested()), Layer(tapped));
  const Functional plain = without_taps(tapped);
  EXPECT_EQ(plain.outputs().size(), 1U);
  EXPECT_EQ(plain.outputs()[0].shape(), base.outputs()[0].shape());
  EXPECT_EQ(network_of(plain).layers().size(), inside.layers().size());
  EXPECT_EQ(network_of(plain).get_layer("top_conv"), inside.get_layer("top_conv"));
}

}  // namespace
}  // namespace thaw
