#include "thaw/core/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace thaw {

struct Threads::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> tasks;
  bool stopping = false;
  std::vector<std::thread> workers;

  void work() {
    while (true) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stopping || !tasks.empty(); });
        if (tasks.empty()) return;
        task = std::move(tasks.front());
        tasks.pop_front();
      }
      task();
    }
  }
};

int Threads::available() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Threads::Threads(int count) : state_(std::make_unique<State>()) {
  if (count <= 0) count = available();
  for (int i = 0; i < count; ++i)
    state_->workers.emplace_back([state = state_.get()] { state->work(); });
}

Threads::~Threads() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (auto& worker : state_->workers) worker.join();
}

int Threads::count() const { return static_cast<int>(state_->workers.size()); }

void Threads::submit(std::function<void()> task) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->tasks.push_back(std::move(task));
  }
  state_->wake.notify_one();
}

void Threads::for_each(int64_t count, const std::function<void(int64_t)>& body) {
  std::atomic<int64_t> next = 0;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto drain = [&] {
    for (int64_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::scoped_lock lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  const auto helpers =
      static_cast<std::ptrdiff_t>(std::clamp<int64_t>(count - 1, 0, this->count() - 1));
  std::latch done(helpers);
  for (std::ptrdiff_t i = 0; i < helpers; ++i) {
    submit([&] {
      drain();
      done.count_down();
    });
  }
  drain();
  done.wait();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace thaw
