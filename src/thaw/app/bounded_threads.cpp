#include "thaw/app/bounded_threads.h"

#include <fmt/format.h>

#include <algorithm>

namespace thaw::app {

EngineOptions bounded_threads(EngineOptions options) {
  const int available = Threads::available();
  const int most = std::max(16, 4 * available);
  if (options.threads <= most) return options;
  fmt::print(stderr, "thaw: --threads {}: {} are used, as there are {} processors\n",
             options.threads, most, available);
  options.threads = most;
  return options;
}

}  // namespace thaw::app
