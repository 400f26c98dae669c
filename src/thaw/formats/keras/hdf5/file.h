#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw::keras {

/// An HDF5 file as Keras writes them, to be read. Whatever its bytes are, reading ends in values or
/// in an Error, and asks for no more memory than what is there can need. Links to other files are
/// refused. Paths are relative to the root, "model_weights/conv1"; "" is the root. Not for several
/// threads at once.
class Hdf5File {
 public:
  static Hdf5File open(const std::filesystem::path& path);
  /// A file that lies in memory, such as a member of a zip.
  static Hdf5File open_bytes(std::string bytes);
  ~Hdf5File();
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) = delete;

  bool is_group(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  /// The names in a group, sorted.
  std::vector<std::string> children(const std::string& group) const;

  /// Absent: nullopt. Throws Error when it is no string.
  std::optional<std::string> text_attribute(const std::string& path, const std::string& name) const;
  /// A list of strings, also where Keras split it over name0, name1, … (attributes of over 64 KB).
  /// Absent: nullopt.
  std::optional<std::vector<std::string>> list_attribute(const std::string& path,
                                                         const std::string& name) const;
  Shape dataset_shape(const std::string& path) const;
  /// Numbers of any type, converted to float32.
  Tensor read_dataset(const std::string& path) const;
  /// One whole number. Throws Error when it is another, or not one.
  int64_t read_integer(const std::string& path) const;

 private:
  struct State;
  explicit Hdf5File(std::unique_ptr<State> state);
  std::optional<std::vector<std::string>> strings(const std::string& path,
                                                  const std::string& name) const;

  std::unique_ptr<State> state_;
};

}  // namespace thaw::keras
