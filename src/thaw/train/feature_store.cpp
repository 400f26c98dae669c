#include "thaw/train/feature_store.h"

#include <fstream>
#include <string>

#include "thaw/core/error.h"
#include "thaw/core/tensor.h"
#include "thaw/data/features/mapped_rows.h"

namespace thaw {
namespace {

class MemoryStore : public FeatureStore {
 public:
  MemoryStore(int64_t samples, int64_t row_floats) : rows_(Shape{samples, row_floats}) {}
  std::span<float> row(int64_t sample) override { return rows_.rows(sample, 1).values(); }

 private:
  Tensor rows_;
};

class DiskStore : public FeatureStore {
 public:
  explicit DiskStore(MappedRows rows) : rows_(std::move(rows)) {}
  std::span<float> row(int64_t sample) override { return rows_.row(sample); }

 private:
  MappedRows rows_;
};

}  // namespace

std::unique_ptr<FeatureStore> make_feature_store(
    int64_t samples, int64_t row_floats, int64_t budget_bytes,
    const std::optional<std::filesystem::path>& folder) {
  if (samples <= budget_bytes / (row_floats * int64_t{sizeof(float)}))
    return std::make_unique<MemoryStore>(samples, row_floats);
  if (!folder) return nullptr;
  try {
    return std::make_unique<DiskStore>(MappedRows(*folder, samples, row_floats));
  } catch (const Error&) {
    return nullptr;  // no room on the disk: computing each time costs no more than time
  }
}

int64_t default_feature_budget() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  int64_t kilobytes = 0;
  std::string unit;
  while (file >> key >> kilobytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") return kilobytes * 1024 / 3;
  }
  return int64_t{1} << 30;
}

}  // namespace thaw
