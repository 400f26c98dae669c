#pragma once

#include <cstdint>
#include <string>

#include "thaw/recipe/recipe.h"

namespace CLI {
class App;
}

namespace thaw::app {

/// What the user said of the recipe's two stages.
struct RecipeFlags {
  int64_t batch_size = 32;
  int epochs = 5;
  double learning_rate = 1e-3;
  std::string unfreeze = "5";  ///< a number of layers, or "all"
  int fine_tune_epochs = 5;
  double fine_tune_learning_rate = 1e-4;
  std::string optimizer = "adam";
  std::string loss = "auto";
  std::string precision = "f32";
  int threads = 0;
};

void add_recipe_flags(CLI::App& app, RecipeFlags& flags);

/// The recipe that the flags describe. Throws UsageError.
RecipeOptions recipe_options(const RecipeFlags& flags);
/// What it runs on.
EngineOptions engine_options(const RecipeFlags& flags);

}  // namespace thaw::app
