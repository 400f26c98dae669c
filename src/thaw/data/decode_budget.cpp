#include "thaw/data/decode_budget.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace thaw {
namespace {

int64_t memory_bytes() {
  int64_t bytes = int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  int64_t limit = 0;
  std::ifstream("/sys/fs/cgroup/memory.max") >> limit;  // "max", or no such file: stays 0
  if (limit > 0) bytes = std::min(bytes, limit);
  return bytes;
}

}  // namespace

DecodeBudget& DecodeBudget::of_process() {
  static DecodeBudget budget(memory_bytes() / 4);
  return budget;
}

void DecodeBudget::take(int64_t bytes) {
  std::unique_lock lock(mutex_);
  const uint64_t ticket = next_ticket_++;
  changed_.wait(lock,
                [&] { return ticket == served_ && (taken_ == 0 || bytes <= bytes_ - taken_); });
  ++served_;
  taken_ += bytes;
  changed_.notify_all();
}

void DecodeBudget::give_back(int64_t bytes) {
  if (bytes == 0) return;
  const std::scoped_lock lock(mutex_);
  taken_ -= bytes;
  changed_.notify_all();
}

void DecodeRoom::take(int64_t bytes) {
  const int64_t all = bytes_ + bytes;
  give_back();
  budget_.take(all);
  bytes_ = all;
}

void DecodeRoom::give_back() {
  budget_.give_back(bytes_);
  bytes_ = 0;
}

}  // namespace thaw
