#include "thaw/core/content_hash.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>

namespace thaw {
namespace {

constexpr uint64_t factor_1 = 0x87c37b91114253d5;
constexpr uint64_t factor_2 = 0x4cf5ad432745937f;

uint64_t mix_1(uint64_t k) { return std::rotl(k * factor_1, 31) * factor_2; }
uint64_t mix_2(uint64_t k) { return std::rotl(k * factor_2, 33) * factor_1; }

uint64_t finish(uint64_t h) {
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

uint64_t load(const std::byte* at, size_t count) {
  uint64_t value = 0;
  std::memcpy(&value, at, count);
  return value;
}

}  // namespace

ContentHash content_bits(std::span<const std::byte> bytes) {
  uint64_t first = 0;
  uint64_t second = 0;
  const size_t size = bytes.size();
  while (bytes.size() >= 16) {
    first ^= mix_1(load(bytes.data(), 8));
    first = (std::rotl(first, 27) + second) * 5 + 0x52dce729;
    second ^= mix_2(load(bytes.data() + 8, 8));
    second = (std::rotl(second, 31) + first) * 5 + 0x38495ab5;
    bytes = bytes.subspan(16);
  }
  if (bytes.size() > 8) second ^= mix_2(load(bytes.data() + 8, bytes.size() - 8));
  if (!bytes.empty()) first ^= mix_1(load(bytes.data(), bytes.size() < 8 ? bytes.size() : 8));
  first ^= size;
  second ^= size;
  first += second;
  second += first;
  first = finish(first);
  second = finish(second);
  first += second;
  second += first;
  return {first, second};
}

std::string content_hash(std::span<const std::byte> bytes) {
  const ContentHash hash = content_bits(bytes);
  return fmt::format("{:016x}{:016x}", hash.first, hash.second);
}

}  // namespace thaw
