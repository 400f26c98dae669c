#pragma once

#include <cstddef>
#include <span>

namespace thaw {

/// Uninitialized memory, aligned to 64 bytes; std::free() frees it. Where it is large it comes in
/// pages of 2 MiB: touching it first costs some tens of faults instead of tens of thousands, and
/// addresses are found faster ever after. Throws Error when there is none left.
void* allocate(size_t bytes);

/// Touches every page that lies wholly within `memory`, leaving its content as it is, whoever else
/// writes there meanwhile. False where the system cannot (Linux before 5.14).
bool populate(std::span<std::byte> memory);

}  // namespace thaw
