#include "thaw/core/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "thaw/core/out_of_memory.h"

namespace thaw {

Memory allocate(size_t bytes) {
  constexpr size_t line = 64;
  constexpr size_t large_page = size_t{2} << 20;
  const bool is_large = bytes >= 2 * large_page;
  const size_t alignment = is_large ? large_page : line;
  const size_t whole = (std::max(bytes, line) + line - 1) / line * line;
  void* memory = nullptr;
  if (whole < bytes || ::posix_memalign(&memory, alignment, whole) != 0)
    throw OutOfMemory(fmt::format("out of memory: {} bytes could not be allocated", bytes));
#ifdef MADV_HUGEPAGE
  // Large pages only where they are filled: the rest, less than 2 MiB, stays in small ones.
  if (is_large) ::madvise(memory, whole / large_page * large_page, MADV_HUGEPAGE);
#endif
  return Memory(memory);
}

bool populate(std::span<std::byte> memory) {
#ifdef MADV_POPULATE_WRITE
  constexpr size_t page = 4096;
  void* first = memory.data();
  size_t bytes = memory.size();
  if (std::align(page, page, first, bytes) == nullptr) return true;
  return ::madvise(first, bytes / page * page, MADV_POPULATE_WRITE) == 0;
#else
  return memory.empty();
#endif
}

}  // namespace thaw
