#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace thaw {

/// A fixed number of worker threads. Made once, then handed down to whatever uses them.
class Threads {
 public:
  /// With `count` ≤ 0: available() threads.
  explicit Threads(int count = 0);
  /// Waits until all submitted tasks are done.
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int count() const;
  /// Has a worker run `task`, first come, first served, and returns at once. The task must not
  /// throw.
  void submit(std::function<void()> task);
  /// Calls body(i) once for every i in [0, count), on the workers and on the calling thread, and
  /// returns when all calls are done; it never waits for a worker that has begun none of them, so
  /// one that has no processor to run on holds up nothing. Which thread takes which i is not
  /// defined. After an exception no further i is begun, and the first exception is thrown again
  /// here.
  void for_each(int64_t count, const std::function<void(int64_t)>& body);

  /// How many processors this process may use (its affinity mask, not all of the machine), at
  /// least 1.
  static int available();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw
