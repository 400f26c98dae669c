#include "thaw/formats/tensorflow/crc32c.h"

#include <array>
#include <cstddef>

namespace thaw::tensorflow {
namespace {

constexpr size_t lanes = 8;
using Tables = std::array<std::array<uint32_t, 256>, lanes>;

/// tables[k][b]: what byte b does to the checksum when k bytes follow it.
constexpr Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * 0x82F63B78U);
    tables[0][byte] = value;
  }
  for (size_t lane = 1; lane < lanes; ++lane)
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[lane - 1][byte];
      tables[lane][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  return tables;
}

constexpr Tables tables = make_tables();

uint32_t byte_at(std::string_view bytes, size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFFU;
  size_t at = 0;
  for (; at + lanes <= bytes.size(); at += lanes) {
    uint32_t next = 0;
    for (size_t i = 0; i < lanes; ++i) {
      const uint32_t before = i < 4 ? (crc >> (8 * i)) & 0xFF : 0;
      next ^= tables[lanes - 1 - i][byte_at(bytes, at + i) ^ before];
    }
    crc = next;
  }
  for (; at < bytes.size(); ++at) crc = (crc >> 8) ^ tables[0][(crc ^ byte_at(bytes, at)) & 0xFF];
  return ~crc;
}

uint32_t masked_crc32c(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

}  // namespace thaw::tensorflow
