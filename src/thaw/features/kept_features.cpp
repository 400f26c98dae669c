#include "thaw/features/kept_features.h"

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/features/disk/feature_writer.h"

namespace thaw {

KeptFeatures::~KeptFeatures() { finish(); }

std::string KeptFeatures::finish() {
  for (std::thread& writer : writers_) writer.join();
  writers_.clear();
  return failure_;
}

const std::vector<std::string>& KeptFeatures::sample_keys(const Dataset& data, Threads& threads) {
  auto& keys = sample_keys_[data.identity()];
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

void KeptFeatures::load(const Dataset& data, const std::string& set_key, FeatureRows& rows,
                        int64_t row_floats, Threads& threads) {
  if (!folder_) return;
  const auto& keys = sample_keys(data, threads);
  const FeatureSet known = folder_->open(set_key, row_floats);
  if (known.rows() == 0) return;
  std::vector<char> found(keys.size());  // vector<bool> is not for several threads
  threads.for_each(data.size(), [&](int64_t sample) {
    const auto i = static_cast<size_t>(sample);
    if (rows.present[i] || keys[i].empty()) return;
    found[i] = known.read(keys[i], rows.store->row(sample)) ? 1 : 0;
  });
  for (size_t i = 0; i < found.size(); ++i)
    if (found[i] != 0) rows.present[i] = true;
}

void KeptFeatures::save(const Dataset& data, const std::string& set_key, FeatureRows& rows,
                        std::vector<int64_t> samples, int64_t row_floats) {
  if (!folder_ || samples.empty()) return;
  const auto& keys = sample_keys_.at(data.identity());
  writers_.emplace_back([this, set_key, &rows, &keys, row_floats, samples = std::move(samples)] {
    try {
      const auto& [folder, limit, leaves] = folder_->options();
      require_space(folder / "features",
                    std::ssize(samples) * row_floats * int64_t{sizeof(float)} + leaves);
      FeatureWriter writer(*folder_, set_key, row_floats);
      for (const int64_t sample : samples) {
        const std::string& key = keys[static_cast<size_t>(sample)];
        if (!key.empty()) writer.add(key, rows.store->row(sample));
      }
      writer.commit();
    } catch (const std::exception& error) {
      const std::lock_guard lock(failure_mutex_);
      if (failure_.empty()) failure_ = error.what();
    }
  });
}

}  // namespace thaw
