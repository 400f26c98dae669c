#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace thaw {

/// 128 bits of `bytes` as 32 hexadecimal digits: MurmurHash3 x64_128 (Appleby 2011). For telling
/// contents apart, not against forgery.
std::string content_hash(std::span<const std::byte> bytes);

}  // namespace thaw
