#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "thaw/core/file_descriptor.h"

/// A reader of our own for Keras's HDF5 files: given a damaged file, that of the HDF5 library
/// (1.10) reads outside of its memory. Here every number from the file is checked before it is
/// used. Names and sections are those of the "HDF5 File Format Specification", version 3.0.
namespace thaw::keras::hdf5 {

/// The address that stands for "nowhere" in a file.
inline constexpr uint64_t undefined = ~uint64_t{0};

/// Throws Error "the HDF5 file is damaged: WHAT: fetch or write it anew".
[[noreturn]] void reject_damage(std::string_view what);

/// The bytes of a file, by their addresses: read from disk when they are asked for, or all in
/// memory.
class Source {
 public:
  /// Throws Error when the file cannot be read.
  explicit Source(const std::filesystem::path& path);
  explicit Source(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

  uint64_t size() const { return size_; }
  /// Whether the `size` bytes from `address` on are all in the file.
  bool holds(uint64_t address, uint64_t size) const {
    return size <= size_ && address <= size_ - size;
  }
  /// Reads into.size() bytes from `address` on. Throws Error when they are not all in the file.
  void read(uint64_t address, std::span<char> into) const;
  /// The same as a string, for which no memory is allocated before it is known that the file is as
  /// long.
  std::string block(uint64_t address, uint64_t size) const;

 private:
  FileDescriptor file_;  ///< open, or the bytes are in memory
  std::string bytes_;
  uint64_t size_ = 0;
};

/// Reads little-endian numbers and texts one after another; throws Error beyond the end of its
/// bytes, which it borrows.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  /// A number of up to 8 bytes.
  uint64_t number(size_t bytes);
  uint8_t u8() { return static_cast<uint8_t>(number(1)); }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  uint64_t u64() { return number(8); }
  std::string_view take(uint64_t bytes);
  void skip(uint64_t bytes) { take(bytes); }
  /// How many bytes are still to be read.
  size_t left() const { return bytes_.size(); }
  /// Throws Error unless the next bytes are `signature`.
  void expect(std::string_view signature);

 private:
  std::string_view bytes_;
};

}  // namespace thaw::keras::hdf5
