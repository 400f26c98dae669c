#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace thaw::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/// Sanitizers take terabytes of addresses for themselves and keep freed memory, so neither a limit
/// of addresses nor the peak of large allocations says anything.
constexpr bool addresses_can_be_limited = false;
#else
constexpr bool addresses_can_be_limited = true;
#endif

/// The bytes of addresses that this process has taken.
inline rlim_t address_space_bytes() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

/// A limit of this process for as long as this lives.
class Limit {
 public:
  Limit(int resource, rlim_t value) : resource_(resource) {
    ::getrlimit(static_cast<__rlimit_resource_t>(resource_), &before_);
    const rlimit now{value, before_.rlim_max};
    ::setrlimit(static_cast<__rlimit_resource_t>(resource_), &now);
  }
  ~Limit() { ::setrlimit(static_cast<__rlimit_resource_t>(resource_), &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  int resource_;
  rlimit before_{};
};

}  // namespace thaw::testing
