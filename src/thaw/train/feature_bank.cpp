#include "thaw/train/feature_bank.h"

#include "thaw/core/error.h"
#include "thaw/data/features/feature_writer.h"

namespace thaw {

FeatureBank::~FeatureBank() { finish(); }

std::string FeatureBank::finish() {
  for (std::thread& writer : writers_) writer.join();
  writers_.clear();
  return failure_;
}

// Empty for a sample that cannot be read or has no key: it is computed each time.
const std::vector<std::string>& FeatureBank::keys(const Dataset& data, Threads& threads) {
  auto& keys = keys_[&data];
  if (!keys.empty()) return keys;
  keys.resize(static_cast<size_t>(data.size()));
  threads.for_each(data.size(), [&](int64_t sample) {
    try {
      keys[static_cast<size_t>(sample)] = data.content_key(sample);
    } catch (const Error&) {
      keys[static_cast<size_t>(sample)].clear();
    }
  });
  return keys;
}

void FeatureBank::load(const Dataset& data, const std::string& function, Features& features,
                       int64_t row_floats, Threads& threads) {
  if (!folder_) return;
  const auto& sample_keys = keys(data, threads);
  const FeatureSet known = folder_->open(function, row_floats);
  if (known.rows() == 0) return;
  std::vector<char> found(sample_keys.size());  // vector<bool> is not for several threads
  threads.for_each(data.size(), [&](int64_t sample) {
    const auto i = static_cast<size_t>(sample);
    if (features.present[i] || sample_keys[i].empty()) return;
    found[i] = known.read(sample_keys[i], features.store->row(sample)) ? 1 : 0;
  });
  for (size_t i = 0; i < found.size(); ++i)
    if (found[i] != 0) features.present[i] = true;
}

void FeatureBank::save(const Dataset& data, const std::string& function, Features& features,
                       std::vector<int64_t> samples, int64_t row_floats) {
  if (!folder_ || samples.empty()) return;
  const auto& sample_keys = keys_.at(&data);
  writers_.emplace_back(
      [this, function, &features, &sample_keys, row_floats, samples = std::move(samples)] {
        try {
          FeatureWriter writer(*folder_, function, row_floats);
          for (const int64_t sample : samples) {
            const std::string& key = sample_keys[static_cast<size_t>(sample)];
            if (!key.empty()) writer.add(key, features.store->row(sample));
          }
          writer.commit();
        } catch (const std::exception& error) {
          const std::lock_guard lock(failure_mutex_);
          if (failure_.empty()) failure_ = error.what();
        }
      });
}

}  // namespace thaw
