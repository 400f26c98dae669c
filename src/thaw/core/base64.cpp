#include "thaw/core/base64.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "thaw/core/error.h"

namespace thaw {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t float_bytes = 4;

/// The six bits of a letter.
uint32_t bits_of(char letter, std::string_view text) {
  if (letter >= 'A' && letter <= 'Z') return static_cast<uint32_t>(letter - 'A');
  if (letter >= 'a' && letter <= 'z') return static_cast<uint32_t>(letter - 'a') + 26;
  if (letter >= '0' && letter <= '9') return static_cast<uint32_t>(letter - '0') + 52;
  if (letter == '+' || letter == '-') return 62;
  if (letter == '/' || letter == '_') return 63;
  throw Error(fmt::format("expected base64, received \"{}\"", text.substr(0, 60)));
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t begin = 0; begin < bytes.size(); begin += 3) {
    const size_t count = std::min(bytes.size() - begin, size_t{3});
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < count ? static_cast<uint8_t>(bytes[begin + i]) : 0U);
    for (size_t i = 0; i < 4; ++i)
      text += i <= count ? alphabet[bits >> (6 * (3 - i)) & 0x3F] : '=';
  }
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  uint32_t bits = 0;
  int count = 0;
  for (const char letter : text) {
    if (letter == '=') break;
    bits = bits << 6 | bits_of(letter, text);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

std::string floats_to_base64(const Tensor& values) {
  std::string bytes;
  bytes.reserve(values.values().size() * float_bytes);
  for (const float value : values.values()) {
    const auto bits = std::bit_cast<uint32_t>(value);
    for (size_t i = 0; i < float_bytes; ++i) bytes += static_cast<char>(bits >> (8 * i) & 0xFF);
  }
  return to_base64(bytes);
}

Tensor floats_from_base64(std::string_view text, const Shape& shape) {
  const std::string bytes = from_base64(text);
  // Compared before anything is made of the shape, which may be a file's.
  if (bytes.size() / float_bytes != static_cast<size_t>(shape.elements()) ||
      bytes.size() % float_bytes != 0) {
    throw Error(fmt::format("expected the {} floats of {}, received {} bytes", shape.elements(),
                            shape.to_string(), bytes.size()));
  }
  Tensor result(shape);
  float* to = result.data();
  for (size_t at = 0; at < bytes.size(); at += float_bytes) {
    uint32_t bits = 0;
    for (size_t i = 0; i < float_bytes; ++i)
      bits |= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
    const auto value = std::bit_cast<float>(bits);
    if (!std::isfinite(value))
      throw Error(fmt::format("expected finite numbers, received {} at number {}", value,
                              at / float_bytes));
    *to++ = value;
  }
  return result;
}

}  // namespace thaw
