#pragma once

#include <atomic>

namespace thaw::app {

/// While it lives, the first Ctrl-C (SIGINT) or SIGTERM only sets stop(); the next one ends the
/// program as usual.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static const std::atomic<bool>& stop();
};

}  // namespace thaw::app
