#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace thaw {

/// The values of a function that were asked for last. Each is computed once, even if several
/// threads ask at a time, unless the function throws.
template <typename Value>
class RecentValues {
 public:
  RecentValues(size_t capacity, std::function<Value(int64_t)> function)
      : capacity_(capacity), function_(std::move(function)) {}

  std::shared_ptr<const Value> at(int64_t key) {
    const std::shared_ptr<Entry> entry = entry_of(key);
    const std::scoped_lock lock(entry->mutex);
    if (!entry->value) entry->value = function_(key);
    return {entry, &*entry->value};
  }

 private:
  struct Entry {
    int64_t key = 0;
    std::mutex mutex;
    std::optional<Value> value;
  };

  std::shared_ptr<Entry> entry_of(int64_t key) {
    const std::scoped_lock lock(mutex_);
    for (const auto& entry : entries_)
      if (entry->key == key) return entry;
    entries_.push_front(std::make_shared<Entry>());
    entries_.front()->key = key;
    if (entries_.size() > capacity_) entries_.pop_back();
    return entries_.front();
  }

  size_t capacity_;
  std::function<Value(int64_t)> function_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Entry>> entries_;
};

}  // namespace thaw
