#include "thaw/applications/division.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/applications/application.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/average_pooling_2d.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/global_max_pooling_2d.h"
#include "thaw/graph/layers/multiply.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/reshape.h"
#include "thaw/graph/layers/softmax.h"
#include "thaw/graph/network.h"

namespace thaw::applications {
namespace {

using thaw::testing::contains;
using thaw::testing::error_of;
using Names = std::vector<std::string>;

Symbol conv(const Symbol& x, int64_t filters, std::string name, const char* activation = "linear") {
  return conv_2d({.filters = filters,
                  .kernel_size = 3,
                  .padding = "same",
                  .activation = activation,
                  .name = std::move(name)})(x);
}

struct Stem {
  Symbol image = input({16, 16, 3}, "image");
  Symbol features = activation({.activation = "relu", .name = "features"})(conv(image, 8, "conv"));
};

Symbol pooled(const Symbol& x) { return global_average_pooling_2d({.name = "pool"})(x); }
Symbol classes(const Symbol& x) {
  return dense({.units = 5, .activation = "softmax", .name = "classes"})(x);
}

std::string end_of(const Division& division) {
  return division.base().outputs()[0].call()->layer.name();
}

/// A convolutional network in one piece.
Functional network(const std::string& name = "network") {
  const Stem stem;
  return {stem.image, stem.features, name};
}

TEST(Division, EndsBeforeAConvolutionToTheClasses) {
  const Stem stem;
  const Symbol scores = conv(stem.features, 5, "scores");
  const Symbol softmaxed =
      activation({.activation = "softmax", .name = "predictions"})(pooled(scores));
  const Division xception(Functional(stem.image, softmaxed));
  EXPECT_EQ(end_of(xception), "features");
  EXPECT_EQ(xception.dropped(), (Names{"scores", "pool", "predictions"}));
  EXPECT_EQ(xception.told(),
            "layers up to 'features' (3 of 6); dropped: scores, pool, predictions");

  const Symbol dropped = dropout({.rate = 0.5F, .name = "drop9"})(stem.features);
  const Symbol rectified = activation({.activation = "relu"})(conv(dropped, 5, "conv10"));
  const Division squeezenet(Functional(stem.image, softmax()(pooled(rectified))));
  EXPECT_EQ(end_of(squeezenet), "features");
  EXPECT_EQ(squeezenet.dropped()[0], "drop9");

  const Symbol by_pixel = dense({.units = 5, .activation = "softmax", .name = "d"})(stem.features);
  EXPECT_EQ(end_of(Division(Functional(stem.image, pooled(by_pixel)))), "features");
  const Division inside(Functional(stem.image, pooled(conv(stem.features, 5, "s", "softmax"))));
  EXPECT_EQ(end_of(inside), "features");
  const Division logits(Functional(stem.image, pooled(conv(stem.features, 5, "s"))));
  EXPECT_EQ(end_of(logits), "features");
  EXPECT_FALSE(logits.gives_probabilities());
  EXPECT_TRUE(inside.gives_probabilities() && squeezenet.gives_probabilities());
}

TEST(Division, TakesNoLayerOfAPooledNetworkForAClassifier) {
  const Stem stem;
  EXPECT_EQ(end_of(Division(Functional(stem.image, pooled(stem.features)))), "features");
  const Symbol normalized = batch_normalization({.name = "bn"})(conv(stem.features, 5, "last"));
  EXPECT_EQ(end_of(Division(Functional(stem.image, pooled(normalized)))), "bn");
  const Functional noted(stem.image, pooled(normalized));
  Config names{Config::List{}};
  for (const char* name : {"a", "b", "c", "d", "e"}) names.append(std::string(name));
  noted.metadata().set("classes", names);
  EXPECT_EQ(end_of(Division(noted)), "features") << "as many as there are classes";
  const Symbol sum = add()({stem.features, conv(stem.features, 8, "branch")});
  const Symbol end = activation({.activation = "relu", .name = "end"})(sum);
  EXPECT_EQ(end_of(Division(Functional(stem.image, softmax()(pooled(end))))), "end");
}

TEST(Division, EndsBeforePoolingWhateverStandsBehindIt) {
  const Stem stem;
  const auto of = [&](const Symbol& output) { return end_of(Division({stem.image, output})); };
  EXPECT_EQ(of(classes(batch_normalization()(pooled(stem.features)))), "features");
  EXPECT_EQ(of(classes(dense({.units = 9})(flatten()(stem.features)))), "features");
  const Symbol average = average_pooling_2d({.pool_size = 16})(stem.features);
  EXPECT_EQ(of(classes(flatten()(average))), "features");
  const Symbol both =
      concatenate()({pooled(stem.features), global_max_pooling_2d()(stem.features)});
  EXPECT_EQ(of(classes(both)), "features");
  const Symbol point = reshape({.target_shape = {1, 1, 8}})(pooled(stem.features));
  const Symbol scores = conv_2d({.filters = 5, .name = "conv_preds"})(point);
  EXPECT_EQ(of(softmax()(reshape({.target_shape = {5}})(scores))), "features");
}

TEST(Division, KeepsNoAttentionOverTheImageItWeighs) {
  const Stem stem;
  const Symbol attention = conv(stem.features, 1, "attention", "sigmoid");
  const Symbol weighed = pooled(multiply()({stem.features, attention}));
  const Symbol total = global_average_pooling_2d()(attention);
  const Division division(Functional(stem.image, classes(multiply()({weighed, total}))));
  EXPECT_EQ(end_of(division), "features");
  EXPECT_EQ(division.dropped()[0], "attention");
}

TEST(Division, EndsWithTheNestedNetworkWhateverIsAddedToIt) {
  const Symbol image = input({16, 16, 3});
  const Symbol scaled = rescaling({.scale = {1 / 255.0F}})(image);
  const Symbol added = conv(network()(scaled, {.training = false}), 4, "added", "relu");
  const Functional whole(image, classes(pooled(dropout({.rate = 0.2F})(added))));
  const Division division(whole);
  EXPECT_EQ(division.base().layers().size(), 3U) << "with the rescaling";
  EXPECT_EQ(network_of(division.base()).name(), "network");
  EXPECT_EQ(counted_layers(network_of(division.base())).size(), 3U);
  EXPECT_EQ(division.told(),
            "layers up to 'features' (all 3); dropped: added, dropout, pool, classes");
}

TEST(Division, OfTwoNetworksSideBySideIsAnError) {
  const Symbol image = input({16, 16, 3});
  const Symbol a = pooled(network("a")(image));
  const Symbol b = global_max_pooling_2d()(network("b")(image));
  const Functional model(image, classes(concatenate()({a, b})), "two");
  const std::string message = error_of([&] { Division{model}; });
  EXPECT_TRUE(contains(message, "two") && contains(message, "all of the output")) << message;
}

TEST(Division, CallsItsHeadAgain) {
  const Symbol image = input({16, 16, 3});
  const Symbol hidden = dense({.units = 7, .name = "hidden"})(pooled(network()(image)));
  const Functional inner(image, hidden, "inner");
  const Symbol outside = input({16, 16, 3});
  const Functional whole(outside, classes(inner(outside)));
  const Division division(whole);
  EXPECT_EQ(division.dropped(), (Names{"pool", "hidden", "classes"}));
  const Symbol other = input({16, 16, 3});
  const Functional again(other, division.head_of(division.base()(other, {.training = false})));
  EXPECT_EQ(again.outputs()[0].shape(), whole.outputs()[0].shape());
  EXPECT_EQ(again.get_layer("hidden"), inner.get_layer("hidden"));
  EXPECT_EQ(again.get_layer("classes"), whole.get_layer("classes"));
  EXPECT_EQ(again.count_parameters(), whole.count_parameters());
}

TEST(Division, CountsTheLayersOfASequentialAsKerasDoes) {
  const Stem stem;
  const Division division(
      sequential(stem.image, classes(flatten({.name = "flat"})(stem.features))));
  EXPECT_EQ(division.told(), "layers up to 'features' (2 of 4); dropped: flat, classes");
}

TEST(Division, OfABaseAloneHasNoHead) {
  const Division division(network());
  EXPECT_TRUE(division.dropped().empty());
  EXPECT_EQ(division.told(), "layers up to 'features' (all 3); dropped: nothing");
}

TEST(Network, IsTheOneThatMostConvolutionsAreIn) {
  const Symbol image = input({16, 16, 3});
  const Functional flat = network();
  EXPECT_EQ(network_of(flat).name(), "network");
  const Functional front(image, flat(conv(image, 3, "to_rgb")), "front");
  EXPECT_EQ(network_of(front).name(), "network");
  const Symbol x = input({16, 16, 3});
  EXPECT_EQ(network_of(Functional(x, front(x), "outer")).name(), "network");
  // Blocks, each a model: their row is the network.
  const Functional first = network("first");
  const Symbol features = input({16, 16, 8});
  const Functional second(features, conv(features, 8, "second_conv"), "second");
  const Functional blocks(image, second(first(image)), "blocks");
  EXPECT_EQ(network_of(blocks).name(), "blocks");
}

TEST(Network, CountsNoInputLayerOfASequential) {
  const Stem stem;
  EXPECT_EQ(counted_layers(Functional(stem.image, stem.features)).size(), 3U);
  EXPECT_EQ(counted_layers(sequential(stem.image, stem.features)).size(), 2U);
}

}  // namespace
}  // namespace thaw::applications
