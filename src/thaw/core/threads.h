#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace thaw {

/// A fixed set of worker threads, handed down to whoever needs them.
class Threads {
 public:
  /// 0: as many as this process may run on at once (its affinity mask, not the machine's cores).
  explicit Threads(int count = 0);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int count() const;
  /// Runs `task` on a worker, some time. The task must not throw.
  void submit(std::function<void()> task);
  /// Calls body(i) for every i in [0, count) on the workers and the caller; returns when all are
  /// done. The first exception is thrown again here. Which thread runs which i is not defined.
  void for_each(int64_t count, const std::function<void(int64_t)>& body);

  static int available();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw
