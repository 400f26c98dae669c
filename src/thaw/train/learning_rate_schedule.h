#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "thaw/core/enum_name.h"

namespace thaw {

/// How a learning rate goes over the steps of a fit, once it has risen.
enum class ScheduleKind { constant, cosine, one_cycle };
inline constexpr EnumName<ScheduleKind> schedule_kind_names[] = {
    {ScheduleKind::constant, "constant"},
    {ScheduleKind::cosine, "cosine"},
    {ScheduleKind::one_cycle, "one_cycle"}};
constexpr std::span<const EnumName<ScheduleKind>> enum_names(ScheduleKind) {
  return schedule_kind_names;
}

/// What an optimizer's learning rate is multiplied by, as a function of the step alone. Of n steps,
/// the first w = warmup·n of which (rounded) let it rise, step k, counted from 0, has
///
///     constant   k/w, then 1
///     cosine     k/w, then (1 + cos(π(k − w)/(n − w)))/2: Keras's CosineDecay(0, n − w,
///                warmup_target=learning_rate, warmup_steps=w) (Loshchilov and Hutter 2016)
///     one_cycle  from 1/25 to 1 and down to 1/250000 at the last step, each half a cosine:
///     PyTorch's
///                OneCycleLR(max_lr=learning_rate, total_steps=n, pct_start=warmup) (Smith 2017)
///
/// and from step n on what it ended with.
struct LearningRateSchedule {
  ScheduleKind kind = ScheduleKind::constant;
  /// The part of the steps in which it rises, 0 to below 1; unset: 0, and of one_cycle 0.3.
  std::optional<double> warmup = {};
  int64_t steps = 0;  ///< n; 0: it is 1 throughout

  double factor(int64_t step) const;
};

}  // namespace thaw
