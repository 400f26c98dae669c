#include "thaw/app/interrupt.h"

namespace thaw::app {
namespace {

std::atomic<bool> stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

void on_signal(int) { stop_asked = true; }

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

bool is_ignored(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupt::Interrupt() {
  stop_asked = false;
  for (size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals.at(i), nullptr, &before_.at(i));
    if (is_ignored(before_.at(i))) continue;
    struct sigaction action = {};
    action.sa_handler = &on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
    sigaction(signals.at(i), &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (size_t i = 0; i < signals.size(); ++i) sigaction(signals.at(i), &before_.at(i), nullptr);
}

const std::atomic<bool>& Interrupt::stop() { return stop_asked; }

}  // namespace thaw::app
