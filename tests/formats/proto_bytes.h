#pragma once

#include <cstdint>
#include <string>

namespace thaw::testing {

/// Seven bits a byte, the highest bit set where another follows.
inline std::string varint(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  return bytes + static_cast<char>(value);
}

/// A field of protobuf's wire format that holds bytes, a text, or another message.
inline std::string field(int number, const std::string& bytes) {
  return varint(static_cast<uint64_t>(number) << 3 | 2) + varint(bytes.size()) + bytes;
}

/// One that holds a whole number.
inline std::string field(int number, int64_t value) {
  return varint(static_cast<uint64_t>(number) << 3) + varint(static_cast<uint64_t>(value));
}

}  // namespace thaw::testing
