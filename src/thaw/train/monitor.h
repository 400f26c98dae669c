#pragma once

#include <optional>
#include <span>
#include <string>

#include "thaw/core/enum_name.h"
#include "thaw/train/history.h"

namespace thaw {

/// Which way is better; automatic: what is known of the metric.
enum class MonitorMode { automatic, min, max };
inline constexpr EnumName<MonitorMode> monitor_mode_names[] = {
    {MonitorMode::automatic, "auto"}, {MonitorMode::min, "min"}, {MonitorMode::max, "max"}};
constexpr std::span<const EnumName<MonitorMode>> enum_names(MonitorMode) {
  return monitor_mode_names;
}

/// One of the logs' numbers, and whether it got better: by more than min_delta, as in Keras.
class Monitor {
 public:
  /// `who` goes before messages. Throws UsageError when it is not known which way is better.
  Monitor(std::string who, std::string name, MonitorMode mode, double min_delta);

  /// Throws UsageError naming what there is when it is not among the logs.
  double value(const Logs& logs) const;
  /// True where there is no `best` yet.
  bool improves(double value, const std::optional<double>& best) const;

 private:
  std::string who_;
  std::string name_;
  bool larger_;
  double min_delta_;
};

}  // namespace thaw
