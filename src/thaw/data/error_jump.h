#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>

#include "thaw/core/error.h"

namespace thaw {

/// Turns the errors of a C library into exceptions. Such a library (libjpeg, libpng) calls a
/// function when it fails, which must not return; an exception must not pass through the library's
/// frames, so that function writes a message and jumps back over them to run(), which throws.
class ErrorJump {
 public:
  static constexpr size_t message_bytes = 256;

  ErrorJump() = default;
  ErrorJump(const ErrorJump&) = delete;
  ErrorJump& operator=(const ErrorJump&) = delete;

  /// Runs `step`, which calls the library; throws Error with the message when it fails. The jump
  /// skips destructors, so neither `step` nor what it calls may hold an object that has one.
  template <typename Step>
  void run(Step step) {
    if (setjmp(place_) == 0) {
      step();
      return;
    }
    throw Error(message_.data());
  }

  /// Where the failing function puts its text, ended by 0, before it calls jump().
  std::array<char, message_bytes>& message() { return message_; }
  /// Goes back to run(). To be called only within its step.
  [[noreturn]] void jump() { std::longjmp(place_, 1); }

 private:
  std::jmp_buf place_{};
  std::array<char, message_bytes> message_{};
};

}  // namespace thaw
