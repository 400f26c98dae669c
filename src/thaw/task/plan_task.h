#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "thaw/recipe/recipe_plan.h"
#include "thaw/runtime/engine.h"
#include "thaw/task/base_model.h"
#include "thaw/task/recipe_settings.h"
#include "thaw/task/task_events.h"

namespace thaw {

/// A recipe's plan with what else a reader wants to know of it.
struct PlanReport {
  RecipePlan plan;
  RecipeTimes times;
  std::string base;  ///< the name of the base, which begins the paths of its layers
  Shape image;
  int64_t classes = 0;
  std::string optimizer;
};

/// What a fit on this base would do: what of it is frozen and folded, kept and trained, and what it
/// takes here.
struct PlanTask {
  BaseModel base;
  std::optional<ImageSize> image_size = {};
  int64_t classes = 0;  ///< of the new head; 0: as many as the file's own, else 10
  RecipeSettings recipe = {};

  /// A named network gets no weights unless they are asked for: the plan does not depend on them.
  PlanReport run(Engine& engine, TaskEvents& events) const;
};

/// The plan as JSON: "base", "input_shape", "classes", "frozen", "stages", …
Config plan_config(const PlanReport& report);
/// [height, width, channels]
Config shape_config(const Shape& shape);

}  // namespace thaw
