#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw {

/// Numbers by name, in the order Keras prints them: "loss", "accuracy", "val_loss", …
using Logs = std::vector<std::pair<std::string, double>>;

/// What fit gives back.
struct History {
  std::vector<int> epochs;  ///< counted from 0
  std::vector<Logs> logs;   ///< one an epoch
  /// What validation gives for the averages that weights become at the end (use_ema), "val_loss",
  /// …; epochs are validated before. Empty: there are none.
  Logs averaged = {};
  /// Whether a stop was asked for in the middle of an epoch.
  bool interrupted = false;
  /// Whether a callback ended it after an epoch that was not to be the last.
  bool stopped_early = false;
  /// Why each broken sample was left out.
  std::vector<std::string> dropped;
  std::vector<std::string> validation_dropped;

  /// One number of every epoch; empty when nothing is called so.
  std::vector<double> values(std::string_view name) const {
    std::vector<double> result;
    for (const Logs& epoch : logs)
      for (const auto& [key, value] : epoch)
        if (key == name) result.push_back(value);
    return result;
  }
};

}  // namespace thaw
