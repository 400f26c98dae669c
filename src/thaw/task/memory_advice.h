#pragma once

#include <cstdint>
#include <new>
#include <string>

#include "thaw/core/out_of_memory.h"
#include "thaw/data/image_dataset.h"

namespace thaw {

/// What a run holds at once, for whoever has to make it smaller.
struct MemoryUse {
  int64_t batch = 0;  ///< images
  ImageOptions images;
  std::string advice;  ///< "try a smaller --image-size"
};

/// Throws Error "REASON, with batches of 32 images of 224×224: ADVICE".
[[noreturn]] void fail_for_memory(const std::string& reason, const MemoryUse& use);

/// What `run` gives; where the memory does not suffice, Error with the sizes.
template <typename Run>
auto with_memory_advice(const MemoryUse& use, const Run& run) {
  try {
    return run();
  } catch (const OutOfMemory& error) {
    fail_for_memory(error.what(), use);
  } catch (const std::bad_alloc&) {
    fail_for_memory("out of memory", use);
  }
}

}  // namespace thaw
