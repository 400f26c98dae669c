#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "thaw/core/file_descriptor.h"

/// Keras's HDF5 files, read by ourselves: the library's own reader (1.10) follows damaged
/// references out of its memory. Here every number from the file is checked before it is used.
/// Names are those of the "HDF5 File Format Specification", version 3.0.
namespace thaw::keras::hdf5 {

/// An address that says "nowhere".
inline constexpr uint64_t undefined = ~uint64_t{0};

[[noreturn]] void reject_damage(std::string_view what);

/// Bytes at known places: of a file, read where they are asked for, or of memory.
class Source {
 public:
  /// Throws Error when the file cannot be read.
  explicit Source(const std::filesystem::path& path);
  explicit Source(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

  uint64_t size() const { return size_; }
  bool holds(uint64_t address, uint64_t size) const {
    return size <= size_ && address <= size_ - size;
  }
  /// Throws Error when not all of it lies in the file.
  void read(uint64_t address, std::span<char> into) const;
  /// As read(); asks for no memory before it is known that the file has as much.
  std::string block(uint64_t address, uint64_t size) const;

 private:
  FileDescriptor file_;  ///< open, or the bytes are in memory
  std::string bytes_;
  uint64_t size_ = 0;
};

/// Reads little-endian numbers one after another; throws Error at the end of its bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  uint64_t number(size_t bytes);
  uint8_t u8() { return static_cast<uint8_t>(number(1)); }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  uint64_t u64() { return number(8); }
  std::string_view take(uint64_t bytes);
  void skip(uint64_t bytes) { take(bytes); }
  size_t left() const { return bytes_.size(); }
  /// Throws Error unless the next bytes are `signature`.
  void expect(std::string_view signature);

 private:
  std::string_view bytes_;
};

}  // namespace thaw::keras::hdf5
