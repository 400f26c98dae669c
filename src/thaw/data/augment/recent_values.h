#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace thaw {

/// Remembers a function's values for up to `capacity` keys; a new key takes the place of the
/// oldest. For several threads at once: a value is computed once even if several ask for it at the
/// same time, unless the function throws, after which the next call computes it again.
template <typename Value>
class RecentValues {
 public:
  RecentValues(size_t capacity, std::function<Value(int64_t)> function)
      : capacity_(capacity), function_(std::move(function)) {}

  std::shared_ptr<const Value> at(int64_t key) {
    const std::shared_ptr<Entry> entry = find_or_add(key);
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

  std::shared_ptr<Entry> find_or_add(int64_t key) {
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
