#include "thaw/features/sample_reader.h"

#include <algorithm>

#include "thaw/features/micro_batches.h"

namespace thaw {

SampleReader::SampleReader(const Dataset& data, int64_t micro_batch, Threads& threads,
                           const PassWatch& watch)
    : data_(data),
      micro_batch_(micro_batch),
      threads_(threads),
      watch_(watch),
      broken_(static_cast<size_t>(data.size())) {}

bool SampleReader::read(std::vector<int64_t> samples,
                        const std::function<void(const Batch&)>& use) {
  const auto total = static_cast<int64_t>(samples.size());
  int64_t done = 0;
  const auto loader = micro_batch_loader(data_, std::move(samples), micro_batch_, threads_);
  while (const Batch* batch = loader->next()) {
    if (watch_.is_stopped()) return false;
    use(*batch);
    done += batch->size();
    if (watch_.progress)
      watch_.progress(done + static_cast<int64_t>(loader->failures().size()), total);
  }
  for (const LoadFailure& failure : loader->failures()) {
    const int64_t first = failure.index - failure.index % data_.views();
    if (is_broken(first)) continue;  // by another view
    std::fill_n(broken_.begin() + first, data_.views(), true);
    dropped_.push_back(failure.message);
  }
  return true;
}

std::vector<int64_t> SampleReader::usable() const {
  std::vector<int64_t> result;
  for (int64_t i = 0; i < data_.size(); i += data_.views())
    if (!is_broken(i)) result.push_back(i);
  return result;
}

}  // namespace thaw
