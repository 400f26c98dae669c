#include "thaw/train/learning_rate_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace thaw {
namespace {

constexpr double usual_rise_of_one_cycle = 0.3;
constexpr double one_cycle_begin = 1.0 / 25;
constexpr double one_cycle_end = one_cycle_begin / 1e4;

/// Half a cosine from `from` to `to`, `part` of the way.
double between(double from, double to, double part) {
  return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * part));
}

/// The steps may be parts: the rise ends at `rise`·n − 1.
double one_cycle(double rise, int64_t step, int64_t steps) {
  const auto at = static_cast<double>(std::min(step, steps - 1));
  const double top = rise * static_cast<double>(steps) - 1;
  const auto last = static_cast<double>(steps - 1);
  if (at < top) return between(one_cycle_begin, 1, at / top);
  // It may begin above, where what rises is no whole step.
  const double begin = std::max(top, 0.0);
  return last > begin ? between(1, one_cycle_end, (at - begin) / (last - begin)) : 1;
}

}  // namespace

double LearningRateSchedule::factor(int64_t step) const {
  if (steps <= 0) return 1;
  if (kind == ScheduleKind::one_cycle)
    return one_cycle(warmup.value_or(usual_rise_of_one_cycle), step, steps);
  const int64_t rising =
      std::min<int64_t>(std::llround(warmup.value_or(0) * static_cast<double>(steps)), steps - 1);
  if (step < rising) return static_cast<double>(step) / static_cast<double>(rising);
  if (kind == ScheduleKind::constant) return 1;
  const auto done = static_cast<double>(std::min(step, steps) - rising);
  return between(1, 0, done / static_cast<double>(steps - rising));
}

}  // namespace thaw
