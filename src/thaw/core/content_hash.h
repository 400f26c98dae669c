#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace thaw {

/// 128 bits of a content.
struct ContentHash {
  uint64_t first = 0;
  uint64_t second = 0;
  auto operator<=>(const ContentHash&) const = default;
};

/// MurmurHash3 x64_128 (Appleby 2011) of `bytes`. For telling contents apart, not against forgery.
ContentHash content_bits(std::span<const std::byte> bytes);
/// content_bits() as 32 hexadecimal digits.
std::string content_hash(std::span<const std::byte> bytes);

}  // namespace thaw
