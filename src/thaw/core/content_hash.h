#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace thaw {

/// A hash of 128 bits, in two halves.
struct ContentHash {
  uint64_t first = 0;
  uint64_t second = 0;
  auto operator<=>(const ContentHash&) const = default;
};

/// MurmurHash3 x64_128 (Appleby 2011) of `bytes`, seed 0. Equal contents have equal hashes, and
/// different contents different ones, but for chance (about n²/2^129 for n contents) and for
/// contents that were made to collide: it is no cryptographic hash.
ContentHash content_bits(std::span<const std::byte> bytes);
/// content_bits() as 32 lower-case hexadecimal digits, `first` before `second`.
std::string content_hash(std::span<const std::byte> bytes);

}  // namespace thaw
