#pragma once

#include <cstdint>
#include <string_view>

#include "thaw/core/error.h"

namespace thaw::tensorflow {

/// Reads numbers from bytes, the least significant first, and never past their end: throws Error
/// there.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }

  std::string_view bytes(uint64_t count) {
    if (count > rest_.size()) throw Error("expected more bytes, received a file that is cut off");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  uint32_t fixed32() { return static_cast<uint32_t>(fixed(4)); }
  uint64_t fixed64() { return fixed(8); }
  /// Seven bits a byte, the highest bit set where another follows; protobuf's.
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes(1).front());
      value |= uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    throw Error("expected a number of at most ten bytes, received a longer one");
  }

 private:
  uint64_t fixed(unsigned size) {
    uint64_t value = 0;
    unsigned shift = 0;
    for (const char byte : bytes(size)) {
      value |= uint64_t{static_cast<unsigned char>(byte)} << shift;
      shift += 8;
    }
    return value;
  }

  std::string_view rest_;
};

}  // namespace thaw::tensorflow
