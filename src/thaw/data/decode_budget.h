#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace thaw {

/// How many bytes images may take while they are decoded, over all threads that share the budget.
/// Whoever comes first is served first; one that asks for more than the whole gets it alone.
class DecodeBudget {
 public:
  explicit DecodeBudget(int64_t bytes) : bytes_(bytes) {}
  DecodeBudget(const DecodeBudget&) = delete;
  DecodeBudget& operator=(const DecodeBudget&) = delete;

  /// The one of this process, whose memory all its threads share: a quarter of what the machine, or
  /// the control group (version 2, seen from within), has.
  static DecodeBudget& of_process();

  int64_t bytes() const { return bytes_; }

 private:
  friend class DecodeRoom;
  void take(int64_t bytes);
  void give_back(int64_t bytes);

  const int64_t bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t taken_ = 0;
  uint64_t next_ticket_ = 0;
  uint64_t served_ = 0;
};

/// What decoding one image holds of a budget, until it is destroyed.
class DecodeRoom {
 public:
  explicit DecodeRoom(DecodeBudget& budget) : budget_(budget) {}
  ~DecodeRoom() { give_back(); }
  DecodeRoom(const DecodeRoom&) = delete;
  DecodeRoom& operator=(const DecodeRoom&) = delete;

  /// Waits until the budget has room for `bytes` more. What is held already counts as free
  /// meanwhile, so that no two wait for each other.
  void take(int64_t bytes);
  void give_back();

 private:
  DecodeBudget& budget_;
  int64_t bytes_ = 0;
};

}  // namespace thaw
