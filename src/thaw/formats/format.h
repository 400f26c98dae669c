#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "thaw/formats/model_file.h"

namespace thaw {

/// A file to be recognized and read: one on disk, a folder of several (a SavedModel), or bytes in
/// memory.
class ModelInput {
 public:
  /// Throws Error when there is neither file nor folder, or the file is empty or cannot be read.
  explicit ModelInput(const std::filesystem::path& path);
  explicit ModelInput(std::string bytes);

  /// Its first bytes, at most 64: a format's signature. Of a folder: none.
  std::string_view start() const { return start_; }
  bool is_folder() const { return is_folder_; }
  /// nullptr for bytes in memory.
  const std::filesystem::path* path() const { return std::get_if<std::filesystem::path>(&place_); }
  /// Those in memory; only where path() is nullptr.
  const std::string& bytes() const { return std::get<std::string>(place_); }

 private:
  std::variant<std::filesystem::path, std::string> place_;
  std::string start_;
  bool is_folder_ = false;
};

/// One form of model files: a row of the table that CMake makes from the files of formats/kinds/.
/// What is nullptr is what the format cannot do.
struct ModelFormat {
  std::string_view name;                      ///< "keras_h5"
  std::string_view what;                      ///< in a few words, for messages
  std::span<const std::string_view> endings;  ///< of files' names; the first is the usual one
  /// Whether the content is of this form. At most one format says so of any file.
  bool (*is_it)(const ModelInput& input);
  /// Graph, weights and training. Absent: the format holds weights alone.
  ModelFile (*read)(const ModelInput& input, const LoadOptions& options);
  /// Its weights into a model (see load_weights()). Absent: the format holds a graph alone.
  WeightsReport (*read_weights)(const ModelInput& input, const Functional& model,
                                const WeightsOptions& options);
  /// All of the content, whole or not at all.
  void (*write)(const ModelFile& content, const std::filesystem::path& path);
  /// The weights alone.
  void (*write_weights)(const Functional& model, const std::filesystem::path& path);
  /// The same as half floats, in half the space.
  void (*write_half_weights)(const Functional& model, const std::filesystem::path& path) = nullptr;
  /// Whether it holds the graph alone, so that LoadOptions::weights must say where the weights are.
  bool is_graph_alone = false;
};

namespace model_formats {
std::span<const ModelFormat* const> all();

/// By content. Throws Error when it is none of the formats.
const ModelFormat& recognize(const ModelInput& input);

/// By the longest ending that the file's name has, so "a.weights.h5" is no ".h5"; nullptr for
/// another name.
const ModelFormat* by_ending(const std::filesystem::path& path);

/// The usual endings of those formats, for messages: ".keras, .h5 or .weights.h5".
/// Example: endings([](const ModelFormat& format) { return format.write != nullptr; })
std::string endings(bool (*of_those)(const ModelFormat& format));
}  // namespace model_formats

}  // namespace thaw
