#include "thaw/data/exif.h"

#include <algorithm>
#include <cstring>

namespace thaw {

bool ByteReader::has(size_t at, std::string_view text) const {
  return at <= bytes.size() && text.size() <= bytes.size() - at &&
         std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

std::span<const std::byte> ByteReader::part(size_t at, size_t count) const {
  at = std::min(at, bytes.size());
  return bytes.subspan(at, std::min(count, bytes.size() - at));
}

int exif_orientation(std::span<const std::byte> exif) {
  using namespace std::string_view_literals;
  constexpr uint32_t orientation_tag = 0x0112;
  constexpr size_t entry_bytes = 12;

  ByteReader reader{exif};
  if (reader.has(0, "II*\0"sv)) {
    reader.big_endian = false;
  } else if (!reader.has(0, "MM\0*"sv)) {
    return 1;
  }
  const size_t directory = reader.u32(4);
  const uint32_t entries = reader.u16(directory);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + i * entry_bytes;
    if (entry >= exif.size()) break;
    if (reader.u16(entry) != orientation_tag) continue;
    const uint32_t value = reader.u16(entry + 8);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace thaw
