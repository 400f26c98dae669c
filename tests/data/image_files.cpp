#include "data/image_files.h"

#include "thaw/core/files.h"

namespace thaw::testing {

namespace fs = std::filesystem;

fs::path image_path(const std::string& name) {
  return fs::path(THAW_SOURCE_FOLDER) / "tests/golden/data/pictures" / name;
}

std::string image_bytes(const std::string& name) { return read_file(image_path(name)); }

std::string little_endian(uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string big_endian(uint32_t value, int bytes) {
  const std::string text = little_endian(value, bytes);
  return {text.rbegin(), text.rend()};
}

std::string patched(std::string content, size_t at, std::string_view part) {
  return content.replace(at, part.size(), part);
}

uint32_t crc32(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

}  // namespace thaw::testing
