#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "thaw/applications/division.h"
#include "thaw/graph/functional.h"
#include "thaw/task/image_form.h"
#include "thaw/task/model_reading.h"

namespace thaw {

class OptionList;

/// What a fit takes where nothing else is said: its weights come with the program.
inline constexpr const char* default_base = "efficientnet_lite0";

/// The pretrained network that a fit puts a head on.
struct BaseModel {
  std::string base =
      default_base;  ///< a network's name (applications::find()), a file, or its address
  /// "imagenet", "none" (random ones), or a file. Unset: a file's own, a network's "imagenet".
  std::optional<std::string> weights = {};
  LambdaExpressions lambdas = {};  ///< of a file's Lambda layers
  /// Of a file with several outputs, the one whose layers count. Unset: the first.
  std::optional<std::string> output = {};

  void describe(OptionList& options);
};

/// What else decides what is made of it.
struct BaseModelOptions {
  std::optional<ImageSize> image_size = {};  ///< unset: a file's own, a network's default
  uint64_t seed = 1;                         ///< of weights that are not loaded
  /// Told how many bytes of official weights have come, of how many (−1: unknown); returning false
  /// stops.
  std::function<bool(int64_t received, int64_t total)> on_download = {};
};

/// Whether `text` names a file rather than a network: by a model format's ending, a slash, or since
/// there is such a file, or such a folder and no such network.
bool names_a_file(const std::string& text);

/// A base, and the finished model that it was cut from.
struct LoadedBase {
  Functional base;  ///< without a top
  /// Unset where the base is made by its name.
  std::optional<applications::Division> division = {};
  std::optional<Functional> whole = {};
  std::filesystem::path file = {};  ///< that was read, where it was one
};

/// Throws UsageError for a name that is not known and for weights that the base cannot have, Error
/// for a file that cannot be read.
LoadedBase load_base(const BaseModel& base, const BaseModelOptions& options = {});
/// Its base alone.
Functional base_model(const BaseModel& base, const BaseModelOptions& options = {});

}  // namespace thaw
