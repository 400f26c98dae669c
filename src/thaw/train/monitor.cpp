#include "thaw/train/monitor.h"

#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/train/describe_callback.h"
#include "thaw/train/metric.h"

namespace thaw {

Monitor::Monitor(std::string who, std::string name, MonitorMode mode, double min_delta)
    : who_(std::move(who)),
      name_(std::move(name)),
      larger_(mode == MonitorMode::max ||
              (mode == MonitorMode::automatic &&
               with_context(who_, [&] { return larger_is_better(name_); }))),
      min_delta_(std::abs(min_delta)) {}

double Monitor::value(const Logs& logs) const {
  std::string names;
  for (const auto& [name, value] : logs) {
    if (name == name_) return value;
    names += (names.empty() ? "" : ", ") + name;
  }
  throw UsageError(who_ + ": expected to monitor one of " + names + ", received \"" + name_ + "\"" +
                   (name_.starts_with("val_") ? "; is there validation data?" : ""));
}

bool Monitor::improves(double value, const std::optional<double>& best) const {
  if (!best) return true;
  return larger_ ? value - min_delta_ > *best : value + min_delta_ < *best;
}

}  // namespace thaw
