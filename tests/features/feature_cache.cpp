#include "features/feature_cache.h"

#include <algorithm>

namespace thaw::testing {

std::vector<float> FeatureCacheTest::row_of(int sample, size_t floats) {
  std::vector<float> row(floats);
  for (size_t i = 0; i < floats; ++i)
    row[i] = static_cast<float>(sample) + static_cast<float>(i) / 65536.0F;
  return row;
}

void FeatureCacheTest::write(const char* set_key, int first, int last, size_t floats,
                             int64_t limit_bytes) const {
  FeatureWriter writer(folder(limit_bytes), set_key, static_cast<int64_t>(floats));
  for (int sample = first; sample < last; ++sample)
    writer.add(key_of(sample), row_of(sample, floats));
  writer.commit();
}

int FeatureCacheTest::readable(const FeatureSet& features, int first, int last, size_t floats) {
  int count = 0;
  std::vector<float> row(floats);
  for (int sample = first; sample < last; ++sample) {
    if (!features.read(key_of(sample), row)) continue;
    EXPECT_EQ(row, row_of(sample, floats)) << "sample " << sample;
    ++count;
  }
  return count;
}

std::vector<std::string> FeatureCacheTest::files() const {
  std::vector<std::string> names;
  if (!std::filesystem::exists(where())) return names;
  for (const auto& entry : std::filesystem::directory_iterator(where()))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::filesystem::path FeatureCacheTest::only_file() const {
  const auto names = files();
  EXPECT_EQ(names.size(), 1U);
  return where() / (names.empty() ? "none" : names.front());
}

}  // namespace thaw::testing
