#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/tensor.h"

/// HDF5 as Keras uses it. No HDF5 type leaves hdf5_file.cpp, links out of the file are refused, and
/// every size is checked against the file's before memory is asked for.
namespace thaw::keras {

/// One HDF5 identifier, closed with its owner.
class Hdf5Handle {
 public:
  using Close = int (*)(int64_t);
  Hdf5Handle(int64_t id, Close close) : id_(id), close_(close) {}
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  int64_t id() const { return id_; }

 private:
  int64_t id_;
  Close close_;
};

/// Paths are relative to the root, "model_weights/conv1"; "" is the root.
class Hdf5File {
 public:
  static Hdf5File open(const std::filesystem::path& path);
  /// A file that lies in memory, such as a member of a zip.
  static Hdf5File open_bytes(std::string bytes);
  /// A new file in memory, to be taken with bytes().
  static Hdf5File create();

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

  /// Makes the groups on the way as well.
  void create_group(const std::string& path);
  void write_text_attribute(const std::string& path, const std::string& name,
                            std::string_view text);
  void write_list_attribute(const std::string& path, const std::string& name,
                            const std::vector<std::string>& items);
  void write_dataset(const std::string& path, const Tensor& value);
  /// The whole file as bytes.
  std::string bytes();

 private:
  Hdf5File(Hdf5Handle file, uint64_t size) : file_(std::move(file)), size_(size) {}
  Hdf5Handle open_object(const std::string& path) const;
  Hdf5Handle open_dataset(const std::string& path) const;
  std::optional<std::vector<std::string>> strings(const std::string& path,
                                                  const std::string& name) const;

  Hdf5Handle file_;
  uint64_t size_;
};

}  // namespace thaw::keras
