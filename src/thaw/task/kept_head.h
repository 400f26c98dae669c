#pragma once

#include <string>
#include <vector>

#include "thaw/task/base_model.h"
#include "thaw/task/fit_data.h"
#include "thaw/task/task_events.h"
#include "thaw/train/model.h"

namespace thaw {

/// What a fit with --keep-head goes on with: a finished model, head and all.
struct KeptHead {
  Model model;       ///< base(x, training=False), then the head's own layers, which all train
  std::string loss;  ///< that it was trained with, from_logits where it ends in none
};

/// Throws UsageError unless the base is a file of a finished model whose weights stay as they are.
KeptHead keep_head(const BaseModel& asked, const LoadedBase& loaded);

/// `data` with labels that count as the model's outputs do. Where nobody named those, folders are
/// taken in their order, and that is told. Throws UsageError, listing both, unless its folders are
/// named after the model's classes, every one of them.
FitData with_classes_of(const BaseModel& asked, const LoadedBase& loaded, const FitData& data,
                        TaskEvents& events);

}  // namespace thaw
