#include "thaw/train/feature_source.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <set>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/train/sources_hash.h"

namespace thaw {
namespace {

/// Writes the samples' rows of all tensors, side by side.
void put(Features& features, std::span<const int64_t> samples, std::span<const Tensor> tensors) {
  for (size_t i = 0; i < samples.size(); ++i) {
    auto to = features.store->row(samples[i]);
    for (const Tensor& tensor : tensors) {
      const Tensor from = tensor.rows(static_cast<int64_t>(i), 1);
      std::ranges::copy(from.values(), to.begin());
      to = to.subspan(from.values().size());
    }
    features.present[static_cast<size_t>(samples[i])] = true;
  }
}

/// Writes a sample's row to the place `index` of all tensors.
void spread(std::span<const float> row, int64_t index, std::span<Tensor> tensors) {
  for (Tensor& tensor : tensors) {
    Tensor to = tensor.rows(index, 1);
    std::ranges::copy(row.first(to.values().size()), to.data());
    row = row.subspan(to.values().size());
  }
}

}  // namespace

FeatureSource::FeatureSource(const Dataset& data, std::shared_ptr<FrozenLayers> frozen,
                             FeatureBank& bank, const Device& device, Threads& threads,
                             const Options& options)
    : data_(data),
      bank_(bank),
      device_(device),
      threads_(threads),
      network_(frozen->network()),
      micro_batch_(micro_batch_size(network_)),
      frozen_(std::move(frozen)),
      rungs_(frozen_->ladder().rungs()),
      broken_(static_cast<size_t>(data.size())) {
  const Shape& expected = network_[network_.inputs[0]].shape;
  if (data.input_shape() != expected) {
    throw Error("expected samples of shape " + expected.to_string() + ", received " +
                data.input_shape().to_string());
  }
  const int64_t budget = options.budget_bytes.value_or(default_feature_budget());
  complete_ = options.keep && make_stores(budget) ? fill(options) : only_read(options);
  if (!features_.empty()) frozen_.reset();  // it holds folded weights
  for (int64_t i = 0; i < data.size(); i += data.views())
    if (!broken_[static_cast<size_t>(i)]) usable_.push_back(i);
}

/// Under which the bank keeps a rung: the bits depend on the device and on this program too.
std::string FeatureSource::key(const Rung& rung) const {
  const std::string text = rung.function + " " + device_.numerics(network_) + " in batches of " +
                           std::to_string(micro_batch_) + " by " + std::string(sources_hash());
  return content_hash(std::as_bytes(std::span(text)));
}

/// False when there is no room for the features that the fit needs itself.
bool FeatureSource::make_stores(int64_t budget_bytes) {
  std::optional<std::filesystem::path> folder;
  if (bank_.folder()) folder = bank_.folder()->options().folder;
  features_.assign(rungs_.size(), nullptr);
  for (size_t i = rungs_.size(); i-- > 0;) {
    const Rung& rung = rungs_[i];
    Features& features = bank_.of(data_, key(rung));
    if (features.store == nullptr) {
      features.store = make_feature_store(data_.size(), rung.row_floats, budget_bytes, folder);
      features.present.assign(static_cast<size_t>(data_.size()), false);
      if (features.store == nullptr && i + 1 < rungs_.size()) continue;
      if (features.store == nullptr) {
        features_.clear();
        return false;
      }
      budget_bytes -= features.store->memory_bytes();
      if (!rung.holds_samples) bank_.load(data_, key(rung), features, rung.row_floats, threads_);
    }
    features_[i] = &features;
  }
  return true;
}

bool FeatureSource::fill(const Options& options) {
  std::map<Wanted, Samples> absent;
  for (int64_t sample = 0; sample < data_.size(); ++sample) {
    Wanted wanted;
    for (size_t rung = 0; rung < rungs_.size(); ++rung) {
      if (features_[rung] != nullptr && !features_[rung]->present[static_cast<size_t>(sample)])
        wanted.push_back(rung);
    }
    if (!wanted.empty()) absent[wanted].push_back(sample);
  }
  for (const auto& [wanted, samples] : absent)
    if (!compute(wanted, samples, options)) return false;
  std::vector<Samples> fresh(rungs_.size());
  for (const auto& [wanted, samples] : absent) {
    for (const size_t rung : wanted)
      std::ranges::copy_if(samples, std::back_inserter(fresh[rung]),
                           [&](int64_t sample) { return !broken_[static_cast<size_t>(sample)]; });
  }
  for (size_t rung = 0; rung < rungs_.size(); ++rung) {
    if (rungs_[rung].holds_samples || features_[rung] == nullptr) continue;
    bank_.save(data_, key(rungs_[rung]), *features_[rung], std::move(fresh[rung]),
               rungs_[rung].row_floats);
  }
  return true;
}

/// From the nearest cut below that is there, else from the samples themselves.
bool FeatureSource::compute(const Wanted& wanted, Samples samples, const Options& options) {
  for (size_t rung = rungs_.size(); rung-- > 0;) {
    const bool is_kept = features_[rung] != nullptr && std::ranges::count(wanted, rung) == 0;
    if (!is_kept || !frozen_->ladder().leads(rungs_[rung], of(wanted))) continue;
    const auto fetch = [&](int64_t sample, std::span<float> row) {
      std::ranges::copy(features_[rung]->store->row(sample), row.begin());
      return true;
    };
    Samples failed;
    return compute_from(rungs_[rung], wanted, samples, fetch, failed, options);
  }
  if (!compute_from_others(wanted, samples, options)) return false;
  if (samples.empty()) return true;
  MicroBatches& network = part(nullptr, wanted);
  return read(std::move(samples), options, [&](const Batch& batch) {
    keep(wanted, batch.indices, network.run({&batch.inputs, 1}));
  });
}

bool FeatureSource::compute_from_others(const Wanted& wanted, Samples& samples,
                                        const Options& options) {
  if (!bank_.folder()) return true;
  std::set<std::string> known;
  for (const auto& set : bank_.folder()->sets()) known.insert(set.set_key);
  const auto& keys = bank_.keys(data_, threads_);
  for (const Rung& other : frozen_->ladder().others()) {
    if (samples.empty()) return true;
    if (!known.contains(key(other)) || !frozen_->ladder().leads(other, of(wanted))) continue;
    const FeatureSet set = bank_.folder()->open(key(other), other.row_floats);
    const auto key_of = [&](int64_t sample) -> const std::string& {
      return keys[static_cast<size_t>(sample)];
    };
    Samples left;
    Samples found;
    for (const int64_t sample : samples) {
      const bool is_there = !key_of(sample).empty() && set.contains(key_of(sample));
      (is_there ? found : left).push_back(sample);
    }
    const auto fetch = [&](int64_t sample, std::span<float> row) {
      return set.read(key_of(sample), row);
    };
    if (!found.empty() && !compute_from(other, wanted, found, fetch, left, options)) return false;
    std::ranges::sort(left);
    samples = std::move(left);
  }
  return true;
}

bool FeatureSource::compute_from(const Rung& from, const Wanted& wanted,
                                 std::span<const int64_t> samples, const Fetch& fetch,
                                 Samples& failed, const Options& options) {
  MicroBatches& network = part(&from, wanted);
  std::vector<Tensor> values;
  for (const Shape& shape : from.shapes)
    values.push_back(Tensor::zeros(shape.with_batch(micro_batch_)));
  std::vector<float> row(static_cast<size_t>(from.row_floats));
  Samples together;
  for (size_t next = 0; next < samples.size();) {
    if (options.stop != nullptr && options.stop->load()) return false;
    together.clear();
    for (; next < samples.size() && std::ssize(together) < micro_batch_; ++next) {
      if (!fetch(samples[next], row)) {
        failed.push_back(samples[next]);
        continue;
      }
      spread(row, std::ssize(together), values);
      together.push_back(samples[next]);
    }
    if (!together.empty()) keep(wanted, together, network.run(values));
  }
  return true;
}

std::vector<const Rung*> FeatureSource::of(const Wanted& wanted) const {
  std::vector<const Rung*> result;
  for (const size_t rung : wanted) result.push_back(&rungs_[rung]);
  return result;
}

MicroBatches& FeatureSource::part(const Rung* from, const Wanted& wanted) {
  return frozen_->part(from, of(wanted));
}

/// `values` are those of all wanted rungs, one after the other.
void FeatureSource::keep(const Wanted& wanted, std::span<const int64_t> samples,
                         std::span<const Tensor> values) {
  for (const size_t rung : wanted) {
    const size_t count = rungs_[rung].values.size();
    put(*features_[rung], samples, values.first(count));
    values = values.subspan(count);
  }
}

/// Loads samples ahead and hands them on in micro-batches; false when it was stopped.
bool FeatureSource::read(std::vector<int64_t> samples, const Options& options,
                         const std::function<void(const Batch&)>& use) {
  const auto total = static_cast<int64_t>(samples.size());
  int64_t done = 0;
  const auto loader = micro_batch_loader(data_, std::move(samples), micro_batch_, threads_);
  while (const Batch* batch = loader->next()) {
    if (options.stop != nullptr && options.stop->load()) return false;
    use(*batch);
    done += batch->size();
    if (options.progress)
      options.progress(done + static_cast<int64_t>(loader->failures().size()), total);
  }
  for (const LoadFailure& failure : loader->failures()) {
    const int64_t first = failure.index - failure.index % data_.views();
    if (broken_[static_cast<size_t>(first)]) continue;  // by another view
    std::fill_n(broken_.begin() + first, data_.views(), true);
    dropped_.push_back(failure.message);
  }
  return true;
}

/// Without a store every walk computes anew; here the broken pictures are found.
bool FeatureSource::only_read(const Options& options) {
  std::vector<int64_t> plain;
  for (int64_t i = 0; i < data_.size(); i += data_.views()) plain.push_back(i);
  return read(std::move(plain), options, [](const Batch&) {});
}

void FeatureSource::start(std::vector<int64_t> order, std::unique_ptr<const Dataset> data) {
  order_ = std::move(order);
  place_ = 0;
  batch_ = nullptr;
  if (!features_.empty()) return;
  loader_.reset();
  walk_data_ = std::move(data);
  loader_ = micro_batch_loader(walk_data_ ? *walk_data_ : data_, order_, micro_batch_, threads_);
}

/// To the next micro-batch of the walk.
void FeatureSource::advance() {
  batch_ = loader_->next();
  batch_row_ = 0;
  if (!loader_->failures().empty()) {
    throw Error("a sample that could be read before cannot now: " +
                loader_->failures().front().message);
  }
  results_ = part(nullptr, {rungs_.size() - 1}).run({&batch_->inputs, 1});
}

void FeatureSource::next(int64_t rows, std::span<Tensor> inputs) {
  if (!features_.empty()) {
    for (int64_t i = 0; i < rows; ++i)
      spread(features_.back()->store->row(order_[place_++]), i, inputs);
    return;
  }
  for (int64_t done = 0; done < rows;) {
    if (batch_ == nullptr || batch_row_ == batch_->size()) advance();
    const int64_t count = std::min(rows - done, batch_->size() - batch_row_);
    for (size_t b = 0; b < inputs.size(); ++b) {
      Tensor to = inputs[b].rows(done, count);
      const Tensor from = results_[b].rows(batch_row_, count);
      std::memcpy(to.data(), from.data(), from.values().size_bytes());
    }
    batch_row_ += count;
    done += count;
  }
}

}  // namespace thaw
