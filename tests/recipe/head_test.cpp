#include "thaw/recipe/head.h"

#include <gtest/gtest.h>

#include "recipe/small_recipe.h"
#include "support/error_of.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::small_base;

std::string layers_of(const std::string& hidden) {
  const Model model = with_head(small_base(), {.classes = 3, .hidden = hidden});
  std::string text;
  for (const Layer& layer : model.layers()) text += layer.name() + " ";
  return text;
}

TEST(Head, HasTheHiddenLayersThatAreAskedFor) {
  EXPECT_TRUE(layers_of("").ends_with("global_average_pooling2d output_layer "));
  EXPECT_TRUE(layers_of("dense 16 relu, dropout 0.3")
                  .ends_with("global_average_pooling2d head_dense_1 head_dropout_2 output_layer "));
  EXPECT_TRUE(layers_of(" dense 8,batch_normalization , dense 4 tanh")
                  .ends_with("head_dense_1 head_batch_normalization_2 head_dense_3 output_layer "));
}

TEST(Head, RefusesWhatIsNoLayer) {
  for (const char* text : {"dense", "dense 0", "dense 1.5", "dense 8 relu 3", "dropout 1", "conv 3",
                           "dropout", "dense many"}) {
    EXPECT_TRUE(
        contains(error_of<UsageError>([&] { hidden_layers(text); }), "expected layers such as"))
        << text;
  }
  EXPECT_FALSE(error_of<UsageError>([&] { hidden_layers("dense 8 rely"); }).empty());
}

/// A head without hidden layers is the one that it was: its first weights are those of the seed.
TEST(Head, HiddenLayersLeaveTheFirstWeightsOfTheLastAsTheyWere) {
  const Model plain = with_head(small_base(), {.classes = 3, .seed = 5});
  const Model other = with_head(small_base(), {.classes = 3, .seed = 5, .hidden = "dropout 0.5"});
  EXPECT_EQ(testing::changed(testing::weights(plain), testing::weights(other)),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace thaw
