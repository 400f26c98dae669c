#include "thaw/task/memory_advice.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw {

void fail_for_memory(const std::string& reason, const MemoryUse& use) {
  throw Error(fmt::format("{}, with batches of {} images of {}×{}: {}", reason, use.batch,
                          use.images.size.width, use.images.size.height, use.advice));
}

}  // namespace thaw
