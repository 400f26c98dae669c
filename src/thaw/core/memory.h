#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace thaw {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<void, FreeMemory>;

/// Uninitialized memory of at least `bytes`, aligned to 64 bytes. From 4 MiB on it is asked for in
/// pages of 2 MiB in place of 4 KiB: the first use of 100 MiB then costs 50 page faults and not
/// 25,600, and the processor translates its addresses faster. Throws Error when there is none left.
Memory allocate(size_t bytes);

/// Makes the system provide every page that lies wholly within `memory` now and not at its first
/// use. Contents stay as they are, and other threads may write there meanwhile. Returns false where
/// the system cannot do this (Linux before 5.14).
bool populate(std::span<std::byte> memory);

}  // namespace thaw
