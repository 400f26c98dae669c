#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw::keras {

/// Reads HDF5 files of the kind that Keras writes. The file need not be trusted: whatever its bytes
/// are, reading ends in values or in an Error, with memory in proportion to the file. Links to
/// other files are refused. Paths begin at the root group, "model_weights/conv1"; "" is the root
/// group itself. Every function throws Error when it meets damage. Not for several threads at once.
class Hdf5File {
 public:
  /// Throws Error when the file cannot be read or is no HDF5 file.
  static Hdf5File open(const std::filesystem::path& path);
  /// The same for a file's bytes, such as a member of a zip file.
  static Hdf5File open_bytes(std::string bytes);
  ~Hdf5File();
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) = delete;

  /// Whether there is a group (or a dataset) at the path; false when there is nothing.
  bool is_group(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  /// The names in a group, sorted. Throws Error when it is no group.
  std::vector<std::string> children(const std::string& group) const;

  /// The attribute `name` of the object at `path`, its first text if it is a list; nullopt when
  /// there is none. Throws Error when there is no such object or the attribute is no text.
  std::optional<std::string> text_attribute(const std::string& path, const std::string& name) const;
  /// The same for a list of texts, which Keras splits over name0, name1, … where it is longer than
  /// 64 KB.
  std::optional<std::vector<std::string>> list_attribute(const std::string& path,
                                                         const std::string& name) const;
  /// Each of the following throws Error when there is no dataset at the path.
  Shape dataset_shape(const std::string& path) const;
  /// Numbers of any integer or floating type, converted to float32.
  Tensor read_dataset(const std::string& path) const;
  /// The number of a dataset of one whole number. Throws Error when it holds anything else.
  int64_t read_integer(const std::string& path) const;

 private:
  struct State;
  explicit Hdf5File(std::unique_ptr<State> state);
  std::optional<std::vector<std::string>> strings(const std::string& path,
                                                  const std::string& name) const;

  std::unique_ptr<State> state_;
};

}  // namespace thaw::keras
