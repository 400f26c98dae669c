#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace thaw::benchmarks {
namespace {

std::atomic<int64_t> count{0};

}  // namespace

int64_t allocations() { return count.load(); }

void* counted(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace thaw::benchmarks

void* operator new(std::size_t size) { return thaw::benchmarks::counted(size); }
void* operator new[](std::size_t size) { return thaw::benchmarks::counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
