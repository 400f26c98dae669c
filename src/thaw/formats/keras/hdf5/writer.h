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

/// A new HDF5 file in memory, written by the HDF5 library and then taken with finish(). The same
/// calls give the same bytes. Paths as in Hdf5File.
class Hdf5Writer {
 public:
  /// `expected_bytes`: about how large it becomes; a larger one is moved as it grows.
  explicit Hdf5Writer(size_t expected_bytes = 0);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// Makes the groups on the way as well.
  void create_group(const std::string& path);
  void write_text_attribute(const std::string& path, const std::string& name,
                            std::string_view text);
  void write_list_attribute(const std::string& path, const std::string& name,
                            const std::vector<std::string>& items);
  void write_dataset(const std::string& path, const Tensor& value);
  /// One number of 64 bits.
  void write_integer(const std::string& path, int64_t value);
  /// Ends the file, after which nothing can be written, and gives it whole: valid as long as this
  /// object.
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
