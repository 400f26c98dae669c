#pragma once

#include <vector>

#include "thaw/recipe/stage.h"
#include "thaw/train/fit_plan.h"
#include "thaw/train/fit_times.h"

namespace thaw {

struct RecipeOptions;

struct StagePlan {
  StageOptions options;
  FitPlan fit;
};

/// How a recipe will run.
struct RecipePlan {
  /// All frozen parts of all stages, each once, the lowest cut first. One pass over the images
  /// runs them all.
  std::vector<FrozenPart> frozen;
  std::vector<StagePlan> stages;

  int64_t row_bytes() const;  ///< kept of one image
  /// The place in `frozen` of the cut that a stage begins at.
  size_t begin_of(const StagePlan& stage) const;
};

/// What it takes here.
struct RecipeTimes {
  int threads = 0;
  int64_t micro_batch = 0;             ///< how many images the frozen parts take at once
  std::vector<double> frozen_seconds;  ///< of a micro-batch, one a frozen part
  int64_t batch_size = 0;              ///< of a step
  std::vector<StepTimes> steps;        ///< one a stage

  double images_per_second() const;  ///< through all frozen parts, decoding apart
};

/// Runs each part and a few steps of each stage on noise. The weights stay as they are.
RecipeTimes measure(Engine& engine, const RecipePlan& plan, const RecipeOptions& options);

}  // namespace thaw
