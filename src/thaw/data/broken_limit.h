#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

namespace thaw {

/// Ends a run in which images turn out to be unreadable, where Error would only leave one out.
class TooManyBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How many of the images of one or several datasets may turn out to be unreadable. To be used by
/// any threads.
class BrokenLimit {
 public:
  BrokenLimit(int64_t images, double allowed_part) : images_(images), allowed_part_(allowed_part) {}

  /// `file` cannot be read. Throws TooManyBroken when it is one too many; telling of one again
  /// changes nothing.
  void add(const std::string& file, const std::string& why);
  /// Those told so far.
  std::set<std::string> files() const;

 private:
  const int64_t images_;
  const double allowed_part_;
  mutable std::mutex mutex_;
  std::set<std::string> broken_;
};

}  // namespace thaw
