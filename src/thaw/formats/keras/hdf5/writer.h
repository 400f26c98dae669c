#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw::keras {

/// One identifier of the HDF5 library, closed with its owner.
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

/// Makes an HDF5 file in memory with the HDF5 library; finish() gives its bytes. The same calls
/// give the same bytes. Paths are as in Hdf5File. Each call throws Error when the library refuses
/// it, two objects of one path included.
class Hdf5Writer {
 public:
  /// `expected_bytes` is about how large the file becomes. A file that becomes larger is right too,
  /// but copied each time its memory is full.
  explicit Hdf5Writer(size_t expected_bytes = 0);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// Makes the groups above it as well, and does nothing when it is there.
  void create_group(const std::string& path);
  void write_text_attribute(const std::string& path, const std::string& name,
                            std::string_view text);
  /// A list of texts, split over name0, name1, … as Keras does where it is longer than 64 KB.
  void write_list_attribute(const std::string& path, const std::string& name,
                            const std::vector<std::string>& items);
  /// float32 numbers of the tensor's shape; groups above it are made.
  void write_dataset(const std::string& path, const Tensor& value);
  /// One whole number of 64 bits.
  void write_integer(const std::string& path, int64_t value);
  /// Completes the file and returns its bytes, which are valid as long as this object. Nothing can
  /// be written afterwards.
  std::string_view finish();

 private:
  Hdf5Handle open_object(const std::string& path) const;
  void write_numbers(const std::string& path, const Shape& shape, int64_t file_type,
                     int64_t memory_type, const void* data);

  struct Image;
  std::unique_ptr<Image> image_;
  std::optional<Hdf5Handle> file_;  ///< until it is finished
  std::set<std::string> groups_;
};

}  // namespace thaw::keras
