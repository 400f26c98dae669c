// Which layers of a model are the base, in Keras's own count: tools/golden/patterns.py.

#include <gtest/gtest.h>

#include <filesystem>

#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "task/pattern.h"
#include "thaw/recipe/recipe.h"
#include "thaw/task/base_model.h"

namespace thaw {
namespace {

using testing::GoldenFile;
using testing::Pattern;

class BaseLayers : public ::testing::TestWithParam<Pattern> {};

int64_t trainable(const Functional& base, const std::optional<int64_t>& unfreeze) {
  Recipe recipe(base, 3, {.stages = {{.name = "stage", .epochs = 1, .unfreeze = unfreeze}}});
  recipe.feature_row_bytes();  // sets the model up for the stage
  return recipe.model().count_trainable_parameters();
}

TEST_P(BaseLayers, TrainAsManyParametersAsInKeras) {
  const auto& [generation, name] = GetParam();
  const testing::TemporaryFolder folder;
  const std::filesystem::path file = testing::unpack(GetParam(), folder.path());
  const GoldenFile golden("patterns/" + generation + "/patterns.golden.gz");
  const LoadedBase loaded = load_base({.base = file.string()});
  const Functional& base = loaded.base;

  const int64_t layers = golden.number(name + "/layers");
  const std::string told = loaded.division->told();
  const bool is_said = testing::contains(told, "(all " + std::to_string(layers) + ")") ||
                       testing::contains(told, "(" + std::to_string(layers) + " of ");
  EXPECT_TRUE(is_said) << told << "; in Keras " << layers;
  for (const int64_t unfreeze : {0, 1, 5, 20}) {
    const std::string key = name + "/trainable_" + std::to_string(unfreeze);
    if (unfreeze > layers) continue;
    EXPECT_EQ(trainable(base, unfreeze), golden.number(key)) << told;
  }
  EXPECT_EQ(trainable(base, std::nullopt), golden.number(name + "/trainable_all"));
}

INSTANTIATE_TEST_SUITE_P(Every, BaseLayers, ::testing::ValuesIn(testing::all_patterns()),
                         [](const auto& one) {
                           return one.param.generation + "_" + one.param.name;
                         });

}  // namespace
}  // namespace thaw
