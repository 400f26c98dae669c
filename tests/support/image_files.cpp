#include "support/image_files.h"

#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

/// What deflate makes of `count` zeros: one of them, then copies of 258 of what came before.
std::string deflated_zeros(uint64_t count) {
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  // Codes begin with their highest bit, and bytes are filled from their lowest.
  const auto put = [&](uint32_t code, int length) {
    for (int bit = length - 1; bit >= 0; --bit) {
      bits |= (code >> bit & 1U) << held;
      if (++held < 8) continue;
      bytes += static_cast<char>(bits);
      bits = 0;
      held = 0;
    }
  };
  constexpr uint64_t longest = 258;
  constexpr uint32_t zero = 0x30;
  put(0b1, 1);   // the last block
  put(0b10, 2);  // with the fixed codes
  put(zero, 8);
  for (uint64_t i = 0; i < (count - 1) / longest; ++i) {
    put(0b11000101, 8);  // 258 bytes
    put(0, 5);           // from 1 byte before
  }
  for (uint64_t i = 0; i < (count - 1) % longest; ++i) put(zero, 8);
  put(0, 7);  // the end
  put(0, 7);
  return bytes;
}

std::string png_chunk(const std::string& type, const std::string& content) {
  return big_endian(static_cast<uint32_t>(content.size()), 4) + type + content +
         big_endian(crc32(type + content), 4);
}

}  // namespace

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

std::string png_of_zeros(uint32_t width, uint32_t height) {
  using namespace std::string_literals;
  constexpr uint32_t adler_base = 65521;
  const uint64_t count = uint64_t{height} * (uint64_t{width} * 3 + 1);
  const std::string adler = big_endian(static_cast<uint32_t>(count % adler_base) << 16 | 1U, 4);
  return "\x89PNG\r\n\x1a\n" +
         png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) + "\x08\x02\0\0\0"s) +
         png_chunk("IDAT", "\x78\x01" + deflated_zeros(count) + adler) + png_chunk("IEND", "");
}

}  // namespace thaw::testing
