#pragma once

#include "thaw/runtime/engine.h"
#include "thaw/train/fit_plan.h"
#include "thaw/train/optimizer.h"

namespace thaw {

/// Seconds that a micro-batch of frozen layers takes, on noise: the best of a few runs.
double measure_frozen_part(Engine& engine, const FrozenPart& part);

/// Where the time of one step of training goes, in seconds.
struct StepTimes {
  double forward = 0;  ///< with the packing of changed weights
  double backward = 0;
  double optimizer = 0;
  double total() const { return forward + backward + optimizer; }
};

/// One step on `batch_size` samples of noise: the best of a few. The weights are as before
/// afterwards; `optimizer` must be used for nothing else.
StepTimes measure_step(Engine& engine, const FitPlan& plan, Optimizer optimizer,
                       int64_t batch_size);

}  // namespace thaw
