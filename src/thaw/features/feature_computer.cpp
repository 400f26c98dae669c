#include "thaw/features/feature_computer.h"

#include <algorithm>
#include <set>
#include <string>

#include "thaw/features/disk/feature_set.h"
#include "thaw/features/feature_row.h"

namespace thaw {

FeatureComputer::FeatureComputer(const Dataset& data, FrozenLayers& frozen, KeptFeatures& kept,
                                 std::vector<FeatureRows*> rows, SampleReader& reader,
                                 Threads& threads, const PassWatch& watch)
    : data_(data),
      frozen_(frozen),
      kept_(kept),
      rows_(std::move(rows)),
      reader_(reader),
      threads_(threads),
      watch_(watch) {}

std::vector<const FrozenCut*> FeatureComputer::cuts_of(const CutNumbers& numbers) const {
  std::vector<const FrozenCut*> result;
  for (const size_t cut : numbers) result.push_back(&frozen_.segments().cuts()[cut]);
  return result;
}

bool FeatureComputer::compute(const CutNumbers& wanted, std::vector<int64_t> samples) {
  const auto& cuts = frozen_.segments().cuts();
  for (size_t cut = cuts.size(); cut-- > 0;) {
    const bool is_kept = rows_[cut] != nullptr && std::ranges::count(wanted, cut) == 0;
    if (!is_kept || !frozen_.segments().leads(cuts[cut], cuts_of(wanted))) continue;
    const auto read_row = [&](int64_t sample, std::span<float> row) {
      std::ranges::copy(rows_[cut]->store->row(sample), row.begin());
      return true;
    };
    Samples failed;
    return compute_from(cuts[cut], wanted, samples, read_row, failed);
  }
  if (!compute_from_other_cuts(wanted, samples)) return false;
  if (samples.empty()) return true;
  MicroBatches& network = frozen_.segment(nullptr, cuts_of(wanted));
  return reader_.read(std::move(samples), [&](const Batch& batch) {
    keep(wanted, batch.indices, network.run({&batch.inputs, 1}));
  });
}

bool FeatureComputer::compute_from_other_cuts(const CutNumbers& wanted, Samples& samples) {
  if (!kept_.folder()) return true;
  std::set<std::string> known;
  for (const auto& set : kept_.folder()->sets()) known.insert(set.set_key);
  const auto& keys = kept_.sample_keys(data_, threads_);
  const auto key_of = [&](int64_t sample) -> const std::string& {
    return keys[static_cast<size_t>(sample)];
  };
  for (const FrozenCut& other : frozen_.segments().other_cuts()) {
    if (samples.empty()) return true;
    const std::string set_key = frozen_.set_key(other);
    if (!known.contains(set_key) || !frozen_.segments().leads(other, cuts_of(wanted))) continue;
    const FeatureSet set = kept_.folder()->open(set_key, other.row_floats);
    Samples left;
    Samples found;
    for (const int64_t sample : samples) {
      const bool is_there = !key_of(sample).empty() && set.contains(key_of(sample));
      (is_there ? found : left).push_back(sample);
    }
    const auto read_row = [&](int64_t sample, std::span<float> row) {
      return set.read(key_of(sample), row);
    };
    if (!found.empty() && !compute_from(other, wanted, found, read_row, left)) return false;
    std::ranges::sort(left);
    samples = std::move(left);
  }
  return true;
}

bool FeatureComputer::compute_from(const FrozenCut& from, const CutNumbers& wanted,
                                   std::span<const int64_t> samples, const ReadRow& read_row,
                                   Samples& failed) {
  MicroBatches& network = frozen_.segment(&from, cuts_of(wanted));
  std::vector<Tensor> values;
  for (const Shape& shape : from.shapes)
    values.push_back(Tensor::zeros(shape.with_batch(frozen_.micro_batch())));
  std::vector<float> row(static_cast<size_t>(from.row_floats));
  Samples together;
  for (size_t next = 0; next < samples.size();) {
    if (watch_.is_stopped()) return false;
    together.clear();
    for (; next < samples.size() && std::ssize(together) < frozen_.micro_batch(); ++next) {
      if (!read_row(samples[next], row)) {
        failed.push_back(samples[next]);
        continue;
      }
      scatter_row(row, std::ssize(together), values);
      together.push_back(samples[next]);
    }
    if (!together.empty()) keep(wanted, together, network.run(values));
  }
  return true;
}

void FeatureComputer::keep(const CutNumbers& wanted, std::span<const int64_t> samples,
                           std::span<const Tensor> values) {
  for (const size_t cut : wanted) {
    const size_t count = frozen_.segments().cuts()[cut].values.size();
    for (size_t i = 0; i < samples.size(); ++i) {
      gather_row(values.first(count), static_cast<int64_t>(i), rows_[cut]->store->row(samples[i]));
      rows_[cut]->present[static_cast<size_t>(samples[i])] = true;
    }
    values = values.subspan(count);
  }
}

}  // namespace thaw
