#include "thaw/core/threads.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
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

namespace {

/// What the threads of one for_each() take their numbers from. It outlives the call where a worker
/// comes to it too late; `body` is then gone, but there is no number left to call it with.
class Share {
 public:
  explicit Share(int64_t count) : count_(count) {}

  void work(const std::function<void(int64_t)>& body) {
    std::unique_lock lock(mutex_);
    while (next_ < count_) {
      const int64_t i = next_++;
      ++running_;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        body(i);
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      --running_;
      if (!thrown) continue;
      if (!failure_) failure_ = thrown;
      next_ = count_;
    }
    if (running_ == 0) done_.notify_all();
  }

  /// After work(): until the calls that other threads have begun are done, and for no thread that
  /// has begun none. Throws what one of them threw.
  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return running_ == 0; });
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const int64_t count_;
  std::mutex mutex_;
  std::condition_variable done_;
  int64_t next_ = 0;
  int64_t running_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

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
  const auto share = std::make_shared<Share>(count);
  const int64_t helpers = std::clamp<int64_t>(count - 1, 0, this->count() - 1);
  for (int64_t i = 0; i < helpers; ++i) submit([share, &body] { share->work(body); });
  share->work(body);
  share->wait();
}

}  // namespace thaw
