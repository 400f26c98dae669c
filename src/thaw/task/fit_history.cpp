#include "thaw/task/fit_history.h"

#include <sys/resource.h>

#include "thaw/task/skipped_config.h"

namespace thaw {
namespace {

int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

Config history_of(const StageReport& stage) {
  Config epochs{Config::List{}};
  int64_t number = 0;
  for (const EpochReport& epoch : stage.epochs) {
    Config row;
    row.set("epoch", ++number);
    for (const auto& [name, value] : epoch.logs) row.set(name, value);
    epochs.append(std::move(row.set("seconds", epoch.seconds)));
  }
  Config result;
  result.set("name", stage.options.name)
      .set("trainable_parameters", stage.trainable_parameters)
      .set("optimizer", stage.optimizer)
      .set("learning_rate", stage.options.learning_rate)
      .set("seconds", stage.seconds)
      .set("epochs", std::move(epochs));
  if (!stage.averaged.empty()) {
    Config averaged{Config::Map{}};
    for (const auto& [name, value] : stage.averaged) averaged.set(name, value);
    result.set("averaged", std::move(averaged));
  }
  return result;
}

}  // namespace

Config history_of(const FitReport& report) {
  Config classes{Config::List{}};
  for (const std::string& name : report.classes) classes.append(name);
  Config stages{Config::List{}};
  for (const StageReport& stage : report.stages) stages.append(history_of(stage));
  Config result;
  result.set("classes", std::move(classes))
      .set("train_images", report.train_images)
      .set("validation_images", report.validation_images)
      .set("stages", std::move(stages))
      .set("prefix_seconds", report.prefix_seconds)
      .set("seconds", report.seconds)
      .set("peak_rss_bytes", peak_rss_bytes())
      .set("skipped", to_config(report.skipped))
      .set("settings", report.settings);
  return result;
}

}  // namespace thaw
