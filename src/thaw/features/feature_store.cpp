#include "thaw/features/feature_store.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "thaw/core/error.h"
#include "thaw/core/memory.h"
#include "thaw/core/tensor.h"
#include "thaw/features/disk/mapped_rows.h"

namespace thaw {
namespace {

/// Where a machine is a guest, the first touch of memory costs milliseconds a megabyte; a thread of
/// its own goes ahead of the rows that are written.
class MemoryStore : public FeatureStore {
 public:
  MemoryStore(int64_t samples, int64_t row_floats)
      : rows_(Shape{samples, row_floats}),
        toucher_([this](const std::stop_token& stop) { touch(stop); }) {}
  std::span<float> row(int64_t sample) override { return rows_.rows(sample, 1).values(); }
  int64_t memory_bytes() const override {
    return static_cast<int64_t>(rows_.values().size_bytes());
  }

 private:
  void touch(const std::stop_token& stop) {
    constexpr size_t step = size_t{8} << 20;
    const auto bytes = std::as_writable_bytes(rows_.values());
    for (size_t at = 0; at < bytes.size() && !stop.stop_requested(); at += step)
      if (!populate(bytes.subspan(at, std::min(step, bytes.size() - at)))) return;
  }

  Tensor rows_;
  std::jthread toucher_;  // the last member: it ends before the rows do
};

class DiskStore : public FeatureStore {
 public:
  explicit DiskStore(MappedRows rows) : rows_(std::move(rows)) {}
  std::span<float> row(int64_t sample) override { return rows_.row(sample); }
  int64_t memory_bytes() const override { return 0; }

 private:
  MappedRows rows_;
};

/// What /proc/meminfo says; 3 GiB where it says nothing.
int64_t available_bytes() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  int64_t kilobytes = 0;
  std::string unit;
  while (file >> key >> kilobytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return int64_t{3} << 30;
}

/// What the control group that a container runs in leaves (version 2, seen from within).
int64_t left_in_control_group() {
  int64_t limit = 0;
  int64_t used = 0;
  std::ifstream("/sys/fs/cgroup/memory.max") >> limit;  // "max", or no such file: stays 0
  std::ifstream("/sys/fs/cgroup/memory.current") >> used;
  return limit > 0 ? std::max<int64_t>(limit - used, 0) : std::numeric_limits<int64_t>::max();
}

}  // namespace

std::unique_ptr<FeatureStore> make_feature_store(int64_t samples, int64_t row_floats,
                                                 int64_t budget_bytes,
                                                 const FeatureFolder* folder) {
  const int64_t row_bytes = row_floats * int64_t{sizeof(float)};
  if (samples <= budget_bytes / row_bytes)
    return std::make_unique<MemoryStore>(samples, row_floats);
  if (folder == nullptr) return nullptr;
  const auto& [place, limit, leaves] = folder->options();
  try {
    if (leaves > 0) require_space(place / "rows", samples * row_bytes + leaves);
    return std::make_unique<DiskStore>(MappedRows(place, samples, row_floats));
  } catch (const Error&) {
    return nullptr;  // no room on the disk: computing each time costs no more than time
  }
}

int64_t default_feature_budget() {
  return std::min(available_bytes(), left_in_control_group()) / 3;
}

}  // namespace thaw
