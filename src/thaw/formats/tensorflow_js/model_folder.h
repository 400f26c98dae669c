#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "thaw/core/config.h"
#include "thaw/formats/format.h"
#include "thaw/formats/keras/zip_file.h"

namespace thaw::tensorflow_js {

/// A model of TensorFlow.js: model.json, and what lies beside it, in a folder or in a zip file
/// (Teachable Machine's export). Nothing is unpacked to disk.
class ModelFolder {
 public:
  /// Whether the input is such a model.json, a folder with one, or a zip file with one.
  static bool is_one(const ModelInput& input);

  /// Throws Error where is_one() does not hold, or model.json is no JSON.
  explicit ModelFolder(const ModelInput& input);

  /// model.json.
  const Config& model() const { return model_; }

  /// The content of a file beside model.json; nullopt where there is none. Throws Error for a name
  /// that leads out of the folder, and for more than `limit_bytes`.
  std::optional<std::string> read(const std::string& name, uint64_t limit_bytes) const;

 private:
  std::optional<std::filesystem::path> folder_;
  std::unique_ptr<keras::ZipReader> zip_;
  std::string prefix_;  ///< of the members beside model.json: "my_model/"
  Config model_;
};

/// A name as the manifest gives it, "./group1-shard1of1.bin", as a path within the folder. Throws
/// Error for one that leads out of it.
std::string name_within(const std::string& name);

}  // namespace thaw::tensorflow_js
