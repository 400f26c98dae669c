#include "thaw/app/fit_history.h"

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "thaw/core/files.h"

namespace thaw::app {
namespace {

nlohmann::ordered_json to_json(const StageReport& stage) {
  auto epochs = nlohmann::ordered_json::array();
  for (const EpochReport& epoch : stage.epochs) {
    nlohmann::ordered_json row = {{"epoch", epochs.size() + 1}};
    for (const auto& [name, value] : epoch.logs) row[name] = value;
    row["seconds"] = epoch.seconds;
    epochs.push_back(std::move(row));
  }
  return {{"name", stage.options.name},   {"trainable_parameters", stage.trainable_parameters},
          {"optimizer", stage.optimizer}, {"learning_rate", stage.options.learning_rate},
          {"seconds", stage.seconds},     {"epochs", std::move(epochs)}};
}

}  // namespace

int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

void write_history(const std::filesystem::path& path, const FitSummary& summary,
                   const Recipe& recipe) {
  auto stages = nlohmann::ordered_json::array();
  for (const StageReport& stage : recipe.stages()) stages.push_back(to_json(stage));
  const nlohmann::ordered_json history = {{"classes", summary.classes},
                                          {"train_images", summary.train_images},
                                          {"validation_images", summary.validation_images},
                                          {"stages", std::move(stages)},
                                          {"prefix_seconds", recipe.prefix_seconds()},
                                          {"seconds", summary.seconds},
                                          {"peak_rss_bytes", peak_rss_bytes()}};
  write_file(path, history.dump(1) + "\n");
}

}  // namespace thaw::app
