#include "thaw/task/fit_callbacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace thaw {

std::vector<std::unique_ptr<Callback>> callbacks_of(const RecipeSettings& recipe,
                                                    bool has_validation) {
  std::vector<std::unique_ptr<Callback>> result;
  for (const std::string& callback : recipe.callbacks) result.push_back(make_callback(callback));
  if (recipe.keep == KeptEpoch::best) {
    constexpr int64_t never = int64_t{1} << 40;
    result.push_back(
        make_callback("early_stopping", {{"monitor", has_validation ? "val_loss" : "loss"},
                                         {"patience", never},
                                         {"restore_best_weights", true}}));
  }
  return result;
}

std::optional<size_t> FitReport::best_epoch() const {
  if (stages.empty()) return std::nullopt;
  std::optional<size_t> best;
  double lowest = 0;
  const auto& epochs = stages.back().epochs;
  for (size_t epoch = 0; epoch < epochs.size(); ++epoch) {
    const Logs& logs = epochs[epoch].logs;
    const auto named = [&](std::string_view name) {
      return std::ranges::find(logs, name, [](const auto& entry) { return entry.first; });
    };
    auto loss = named("val_loss");
    if (loss == logs.end()) loss = named("loss");
    if (loss == logs.end() || (best && !(loss->second < lowest))) continue;
    best = epoch;
    lowest = loss->second;
  }
  return best;
}

void tell_best_epoch(const FitTask& task, const FitReport& report, TaskEvents& events) {
  if (report.stages.empty()) return;
  if (const Logs& averaged = report.stages.back().averaged; !averaged.empty()) {
    std::string figures;
    for (const auto& [name, value] : averaged)
      figures += fmt::format("{}{} {:.4f}", figures.empty() ? "" : ", ", name, value);
    events.on_remark("the weights are averages now, of which validation gives " + figures);
    return;
  }
  const size_t epochs = report.stages.back().epochs.size();
  const std::optional<size_t> best = report.best_epoch();
  if (!best || *best + 1 == epochs) return;
  events.on_remark(
      task.recipe.keep == KeptEpoch::best
          ? fmt::format("the weights are those of epoch {} of {}, whose loss was the lowest",
                        *best + 1, epochs)
          : fmt::format("epoch {} of {} was better than the last, by its loss: --keep best keeps "
                        "the best epoch's weights",
                        *best + 1, epochs));
}

}  // namespace thaw
