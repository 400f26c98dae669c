#pragma once

#include <string>

#include "thaw/recipe/recipe_plan.h"

namespace thaw::app {

/// A recipe's plan with what else a reader wants to know of it.
struct PlanReport {
  RecipePlan plan;
  RecipeTimes times;
  std::string base;  ///< the name of the base, which begins the paths of its layers
  Shape image;
  int64_t classes = 0;
  std::string optimizer;
};

/// The plan as pages of text: what is frozen, kept, trained, and what it takes.
std::string plan_text(const PlanReport& report);

}  // namespace thaw::app
