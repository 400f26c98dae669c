#include "thaw/compile/pixel_map.h"

#include <gtest/gtest.h>

#include "thaw/compile/lower.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/normalization.h"
#include "thaw/graph/layers/random_flip.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/resizing.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw {
namespace {

const Shape image_shape{12, 10, 3};

/// A network of one convolution.
Functional small_network() {
  const Symbol image = input(image_shape);
  return {image, conv_2d({.filters = 2, .kernel_size = 3, .name = "first"})(image), "network"};
}

PixelUse use_of(const Functional& model) {
  const auto use = pixel_use(lower(model));
  EXPECT_TRUE(use.has_value());
  return use.value_or(PixelUse{});
}

TEST(PixelUse, IsTheIdentityWhereTheNetworkLooksAtTheImageAtOnce) {
  const PixelUse use = use_of(small_network());
  EXPECT_TRUE(use.map.is_identity());
  EXPECT_TRUE(use.layers.empty());
  EXPECT_NE(use.first_layer.find("first"), std::string::npos) << use.first_layer;
}

TEST(PixelUse, FollowsLayersThatRescaleAtAnyDepth) {
  const Symbol inside = input(image_shape);
  const Functional prepare(inside, rescaling({.scale = {1 / 127.5F}, .offset = {-1}})(inside),
                           "prepare");
  const Symbol image = input(image_shape);
  const Symbol views = random_flip({.mode = "horizontal"})(image);
  const Symbol same_size =
      resizing({.height = 12, .width = 10})(zero_padding_2d({})(prepare(views)));
  const Functional model(image, small_network()(same_size), "model");
  const PixelUse use = use_of(model);
  const auto [low, high] = use.map.range(0, 255);
  EXPECT_NEAR(low, -1, 1e-6);
  EXPECT_NEAR(high, 1, 1e-6);
  ASSERT_EQ(use.layers.size(), 1U);
  EXPECT_NE(use.layers[0].find("rescaling"), std::string::npos) << use.layers[0];
}

TEST(PixelUse, MultipliesWhatSeveralLayersDoChannelByChannel) {
  const Symbol image = input(image_shape);
  const Symbol unit = rescaling({.scale = {1 / 255.0F}})(image);
  const Symbol normal = normalization({.mean = std::vector<float>{0.5F, 0.4F, 0.3F},
                                       .variance = std::vector<float>{0.25F, 0.25F, 0.01F}})(unit);
  const PixelUse use = use_of({image, small_network()(normal), "model"});
  EXPECT_NEAR(use.map.factors[0][0], 2 / 255.0, 1e-8);
  EXPECT_NEAR(use.map.factors[2][2], 10 / 255.0, 1e-7);
  EXPECT_EQ(use.map.factors[0][1], 0);
  EXPECT_NEAR(use.map.offsets[1], -0.8, 1e-6);
  EXPECT_NEAR(use.map.offsets[2], -3, 1e-5);
  EXPECT_EQ(use.layers.size(), 2U);
}

TEST(PixelUse, KnowsChannelsThatAreJoined) {
  const Symbol grey = input({12, 10, 1});
  const Symbol colour = concatenate({})({grey, rescaling({.scale = {2}})(grey), grey});
  const Functional model(grey, small_network()(colour), "model");
  const PixelUse use = use_of(model);
  ASSERT_EQ(use.map.factors.size(), 3U);
  EXPECT_EQ(use.map.factors[0], std::vector<double>{1});
  EXPECT_EQ(use.map.factors[1], std::vector<double>{2});
}

TEST(PixelUse, KnowsGreyImagesWithoutAnAxisOfChannelsLaidFlat) {
  const Symbol grey = input({12, 10});
  const Symbol unit = rescaling({.scale = {1 / 255.0F}})(flatten({})(grey));
  const PixelUse use = use_of({grey, dense({.units = 2, .name = "first"})(unit), "model"});
  ASSERT_EQ(use.map.factors.size(), 1U);
  EXPECT_NEAR(use.map.factors[0][0], 1 / 255.0, 1e-8);
  EXPECT_NE(use.first_layer.find("first"), std::string::npos) << use.first_layer;
}

TEST(PixelUse, HasNoAnswerWhereBranchesReadDifferentValues) {
  const Symbol image = input(image_shape);
  const Layer first = conv_2d({.filters = 2, .kernel_size = 1});
  const Symbol both = concatenate({})({first(image), first(rescaling({.scale = {2}})(image))});
  EXPECT_FALSE(pixel_use(lower(Functional(image, both))).has_value());
}

TEST(PixelMap, ComposesInOrder) {
  const PixelMap swap{{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}, {0, 0, 0}};
  const PixelMap minus{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {-1, -2, -3}};
  const PixelMap both = minus.after(swap);
  EXPECT_EQ(both.factors, swap.factors);
  EXPECT_EQ(both.offsets, (std::vector<double>{-1, -2, -3}));
  EXPECT_EQ(swap.after(minus).offsets, (std::vector<double>{-3, -2, -1}));
  EXPECT_TRUE(swap.after(swap).is_identity());
}

}  // namespace
}  // namespace thaw
