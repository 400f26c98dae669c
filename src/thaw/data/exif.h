#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace thaw {

/// Reads whole numbers of either byte order from bytes that may be cut off anywhere: bytes beyond
/// the end count as 0.
struct ByteReader {
  std::span<const std::byte> bytes;
  bool big_endian = true;

  uint32_t u8(size_t at) const {
    return at < bytes.size() ? std::to_integer<uint32_t>(bytes[at]) : 0;
  }
  uint32_t u16(size_t at) const {
    return big_endian ? u8(at) << 8 | u8(at + 1) : u8(at + 1) << 8 | u8(at);
  }
  uint32_t u32(size_t at) const {
    return big_endian ? u16(at) << 16 | u16(at + 2) : u16(at + 2) << 16 | u16(at);
  }
  /// Whether `text` stands at `at`.
  bool has(size_t at, std::string_view text) const;
  /// The bytes [at, at + count), or as many of them as there are.
  std::span<const std::byte> part(size_t at, size_t count) const;
};

/// The orientation in the first directory of an EXIF block, 1 … 8: how the image must be turned or
/// mirrored to stand upright (EXIF 2.3, tag 0x0112). 1 (it stands upright) when the block has none
/// or is damaged.
int exif_orientation(std::span<const std::byte> exif);

}  // namespace thaw
