#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "thaw/core/output_lock.h"
#include "thaw/features/disk/feature_folder.h"
#include "thaw/train/model.h"
#include "thaw/train/not_finite.h"

namespace thaw {

class OptionList;

/// Moves the state of an unfinished run to the first free "CHECKPOINT.1", "CHECKPOINT.2", …;
/// returns where it is, empty where there is none. Throws Error when it cannot be moved.
std::string keep_aside(const std::filesystem::path& checkpoint);

/// Adds the option "out" with this place: where the model goes.
void describe_out(std::filesystem::path& place, OptionList& options);
/// Where the state of a run is kept: where it was asked for, else beside `out`; empty: nowhere.
std::filesystem::path checkpoint_place(const std::optional<std::filesystem::path>& asked,
                                       const std::filesystem::path& out);

/// Adds the option "cache" with this place: where kept features are, unset: nowhere.
void describe_cache(std::optional<FeatureFolderOptions>& place, OptionList& options);
/// The remark that no folder is known for them; empty: one is, or none was asked for.
std::string cache_remark(const std::optional<FeatureFolderOptions>& cache);

/// Where a run that makes a model writes; each empty: nowhere.
struct RunFiles {
  std::filesystem::path out;
  std::filesystem::path figures;  ///< JSON
  std::string figures_option;     ///< which is called so: "--history"
  std::filesystem::path checkpoint;
  std::optional<FeatureFolderOptions> cache;
};

/// The files that a run writes, its own from the beginning to the end.
class RunOutputs {
 public:
  /// Finds before hours of training what can be known to fail: names that are one, folders that
  /// cannot be written, another run that writes the same model. Removes what a killed run left
  /// half written. Throws UsageError or Error.
  explicit RunOutputs(RunFiles files);

  /// Writes the model. What was learned stays in the checkpoint until it is there; `save_state`
  /// writes that anew, whether it could. Throws Error when the model cannot be written, and says
  /// where it is instead.
  void save(const Model& model, const std::function<bool()>& save_state) const;
  /// Throws `error` again, with where the model as after the last good epoch is.
  [[noreturn]] void fail(const Model* last_good, const NotFinite& error) const;

  const RunFiles& files() const { return files_; }

 private:
  RunFiles files_;
  std::optional<OutputLock> lock_;
};

}  // namespace thaw
