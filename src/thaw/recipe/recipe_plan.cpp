#include "thaw/recipe/recipe_plan.h"

#include <algorithm>
#include <numeric>

#include "thaw/recipe/recipe.h"
#include "thaw/recipe/stage_optimizer.h"

namespace thaw {

int64_t RecipePlan::row_bytes() const {
  int64_t bytes = 0;
  for (const FrozenPart& part : frozen) bytes += part.row_bytes();
  return bytes;
}

size_t RecipePlan::begin_of(const StagePlan& stage) const {
  const auto place = std::ranges::find(frozen, stage.fit.frozen.back().cut, &FrozenPart::cut);
  return static_cast<size_t>(place - frozen.begin());
}

double RecipeTimes::images_per_second() const {
  const double seconds = std::accumulate(frozen_seconds.begin(), frozen_seconds.end(), 0.0);
  return seconds > 0 ? static_cast<double>(micro_batch) / seconds : 0;
}

RecipeTimes measure(Engine& engine, const RecipePlan& plan, const RecipeOptions& options) {
  RecipeTimes times{.threads = engine.device().threads(),
                    .micro_batch = plan.frozen.front().micro_batch,
                    .batch_size = options.batch_size};
  for (const FrozenPart& part : plan.frozen)
    times.frozen_seconds.push_back(measure_frozen_part(engine, part));
  for (const StagePlan& stage : plan.stages) {
    const auto optimizer = stage_optimizer(options.optimizer, stage.options);
    times.steps.push_back(measure_step(engine, stage.fit, optimizer, options.batch_size));
  }
  return times;
}

}  // namespace thaw
