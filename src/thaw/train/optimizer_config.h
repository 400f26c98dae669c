#pragma once

#include <set>
#include <string>

#include "thaw/train/optimizer.h"

namespace thaw {

/// Reads Keras's config of an optimizer key by key, and remembers which were asked for.
class OptimizerConfig {
 public:
  explicit OptimizerConfig(const Config& config) : config_(config) {}

  /// `otherwise` where it is absent or null.
  double number(const char* key, double otherwise);
  bool flag(const char* key);
  /// "learning_rate", or "lr" as it once was. Throws Error when it is a schedule.
  double learning_rate(double otherwise);
  OptimizerCommon common();
  /// Throws Error naming what is switched on and was not asked for: amsgrad, use_ema, …
  void require_no_more() const;

 private:
  const Config* take(const char* key);

  const Config& config_;
  std::set<std::string, std::less<>> taken_;
};

/// {"class_name": "Adam", "config": {…}} as Keras 3 writes it.
Config to_config(const Optimizer& optimizer);
/// From that, or from the name alone; in any dialect. Throws Error naming what is not known.
Optimizer optimizer_from(const Config& config);

}  // namespace thaw
