#include <gtest/gtest.h>

#include "recipe/small_recipe.h"
#include "support/error_of.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/rescaling.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using Names = std::vector<std::string>;

/// Preprocessing, a convolution to other channels and a normalization around a nested base.
Functional wrapped(const Functional& network) {
  const Symbol image = input({8, 8, 3});
  Symbol x = rescaling({.scale = {0.5F}})(image);
  x = batch_normalization({.name = "outer_bn"})(x);
  x = conv_2d({.filters = 3, .kernel_size = 1, .name = "outer_conv"})(x);
  const Functional inner(image, network(x, {.training = false}), "inner");
  const Symbol outer = input({8, 8, 3});
  return {outer, inner(outer, {.training = false}), "outer"};
}

/// The layers of all nested models that train, with weights.
Names training(const Functional& model) {
  Names names;
  for (const Layer& layer : model.layers()) {
    if (const Functional* nested = layer.nested()) {
      for (const std::string& name : training(*nested)) names.push_back(name);
    } else if (layer.trainable() && !layer.variables().empty()) {
      names.push_back(layer.name());
    }
  }
  return names;
}

Names trained(const Functional& base, const std::optional<int64_t>& unfreeze) {
  Recipe recipe(base, 3, {.stages = {{.name = "only", .epochs = 1, .unfreeze = unfreeze}}});
  recipe.feature_row_bytes();  // sets the model up for the stage
  return training(recipe.model());
}

TEST(Unfreeze, CountsTheLayersOfTheNetworkAndNotOfWhatWrapsIt) {
  const Functional base = wrapped(testing::small_base());
  EXPECT_EQ(trained(base, 0), Names{"output_layer"});
  EXPECT_EQ(trained(base, 1), Names{"output_layer"});
  EXPECT_EQ(trained(base, 2), (Names{"bn2", "output_layer"}));
  EXPECT_EQ(trained(base, 3), (Names{"conv2", "bn2", "output_layer"}));
  EXPECT_EQ(trained(base, 7), (Names{"conv1", "bn1", "conv2", "bn2", "output_layer"}));
  EXPECT_EQ(trained(base, std::nullopt),
            (Names{"outer_bn", "outer_conv", "conv1", "bn1", "conv2", "bn2", "output_layer"}));
}

TEST(Unfreeze, MoreThanTheNetworkHasIsAnErrorWithBothNumbers) {
  const std::string message =
      error_of<UsageError>([] { trained(wrapped(testing::small_base()), 8); });
  EXPECT_TRUE(contains(message, "all 7 layers of the base (\"base\"), received 8")) << message;
}

TEST(Unfreeze, ByDefaultTakesAllOfASmallNetwork) {
  const Symbol image = input({8, 8, 3});
  const Functional small(image, conv_2d({.filters = 4, .kernel_size = 3, .name = "one"})(image));
  RecipeOptions options;
  for (StageOptions& stage : options.stages) stage.epochs = 1;
  Recipe recipe(small, 3, options);
  recipe.feature_row_bytes();
  EXPECT_EQ(training(recipe.model()), (Names{"one", "output_layer"}));
}

}  // namespace
}  // namespace thaw
