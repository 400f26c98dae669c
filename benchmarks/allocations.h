#pragma once

#include <cstdint>

namespace thaw::benchmarks {

/// How often this program has called operator new so far, oneDNN included.
int64_t allocations();

}  // namespace thaw::benchmarks
