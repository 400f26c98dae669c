#include "thaw/train/feature_store.h"

#include <cstring>
#include <fstream>
#include <string>

namespace thaw {
namespace {

class MemoryFeatures : public FeatureStore {
 public:
  MemoryFeatures(int64_t samples, std::span<const Shape> boundaries) {
    for (const Shape& shape : boundaries) tensors_.emplace_back(Shape{samples, shape.elements()});
  }

  void put(int64_t sample, size_t boundary, std::span<const float> row) override {
    float* to = tensors_[boundary].data() + sample * static_cast<int64_t>(row.size());
    std::memcpy(to, row.data(), row.size_bytes());
  }
  void get(int64_t sample, size_t boundary, std::span<float> row) const override {
    const float* from = tensors_[boundary].data() + sample * static_cast<int64_t>(row.size());
    std::memcpy(row.data(), from, row.size_bytes());
  }

 private:
  std::vector<Tensor> tensors_;
};

}  // namespace

std::unique_ptr<FeatureStore> memory_features(int64_t samples, std::span<const Shape> boundaries,
                                              int64_t budget_bytes) {
  int64_t row = 0;
  for (const Shape& shape : boundaries) row += shape.elements() * int64_t{sizeof(float)};
  if (row > 0 && samples > budget_bytes / row) return nullptr;
  return std::make_unique<MemoryFeatures>(samples, boundaries);
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
