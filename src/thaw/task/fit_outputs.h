#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "thaw/core/output_lock.h"
#include "thaw/recipe/recipe.h"
#include "thaw/task/fit_task.h"

namespace thaw {

/// Where the state of the task's run is kept; empty: nowhere.
std::filesystem::path checkpoint_of(const FitTask& task);

/// Moves the state of an unfinished run to the first free "CHECKPOINT.1", "CHECKPOINT.2", …;
/// returns where it is, empty where there is none. Throws Error when it cannot be moved.
std::string keep_aside(const std::filesystem::path& checkpoint);

/// The files that a fit writes, its own from the beginning to the end.
class FitOutputs {
 public:
  /// Finds before hours of training what can be known to fail: names that are one, folders that
  /// cannot be written, another run that writes the same model. Removes what a killed run left
  /// half written. `task` must outlive it. Throws UsageError or Error.
  explicit FitOutputs(const FitTask& task);

  /// Writes the model. What was learned stays in the checkpoint until it is there. Throws Error
  /// when it cannot be written, and says where it is instead.
  void save(Recipe& recipe) const;
  /// Throws `error` again, with where the model as after the last good epoch is.
  [[noreturn]] void fail(const Recipe& recipe, const NotFinite& error) const;

 private:
  const FitTask& task_;
  std::optional<OutputLock> lock_;
};

}  // namespace thaw
