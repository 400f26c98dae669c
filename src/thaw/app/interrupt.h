#pragma once

#include <array>
#include <atomic>
#include <csignal>

namespace thaw::app {

/// While it lives, the first Ctrl-C (SIGINT), SIGTERM or SIGHUP (the terminal is gone) only sets
/// stop(); the next one of its kind ends the program as usual. What was ignored before, as SIGINT
/// is by `thaw fit … &` in a script and SIGHUP by nohup, stays ignored.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static const std::atomic<bool>& stop();

 private:
  std::array<struct sigaction, 3> before_ = {};
};

}  // namespace thaw::app
