#include "thaw/train/feature_source.h"

#include <algorithm>
#include <cstring>
#include <map>

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

}  // namespace

FeatureSource::FeatureSource(const Dataset& data, const TrainingPlan& plan, FeatureBank& bank,
                             Device& device, Threads& threads, const Options& options)
    : data_(data),
      bank_(bank),
      device_(device),
      threads_(threads),
      broken_(static_cast<size_t>(data.size())) {
  const Shape& expected = plan.graph[plan.graph.inputs[0]].shape;
  if (data.input_shape() != expected) {
    throw Error("expected samples of shape " + expected.to_string() + ", received " +
                data.input_shape().to_string());
  }
  ladder_ = make_ladder(plan.graph, plan.frontier, bank.expected());
  steps_.resize(ladder_.size());
  const int64_t budget = options.budget_bytes.value_or(default_feature_budget());
  complete_ = options.keep && make_stores(budget) ? fill(options) : only_read(options);
  for (int64_t i = 0; i < data.size(); i += data.views())
    if (!broken_[static_cast<size_t>(i)]) usable_.push_back(i);
}

MicroBatches& FeatureSource::step(size_t rung) {
  if (steps_[rung] == nullptr)
    steps_[rung] = std::make_unique<MicroBatches>(ladder_[rung].segment, device_);
  return *steps_[rung];
}

/// Under which the bank keeps a rung: the bits depend on the device and on this program too.
std::string FeatureSource::key(const Rung& rung) const {
  const std::string text = rung.function + " " + device_.numerics() + " in batches of " +
                           std::to_string(MicroBatches::size) + " by " +
                           std::string(sources_hash());
  return content_hash(std::as_bytes(std::span(text)));
}

/// False when there is no room for the features that the fit needs itself.
bool FeatureSource::make_stores(int64_t budget_bytes) {
  std::optional<std::filesystem::path> folder;
  if (bank_.folder()) folder = bank_.folder()->options().folder;
  features_.assign(ladder_.size(), nullptr);
  for (size_t i = ladder_.size(); i-- > 0;) {
    const Rung& rung = ladder_[i];
    Features& features = bank_.of(data_, key(rung));
    if (features.store == nullptr) {
      features.store = make_feature_store(data_.size(), rung.row_floats, budget_bytes, folder);
      features.present.assign(static_cast<size_t>(data_.size()), false);
      if (features.store == nullptr && i + 1 < ladder_.size()) continue;
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

std::optional<int> FeatureSource::start_of(int64_t sample) const {
  int below = -1;
  for (size_t rung = 0; rung < features_.size(); ++rung) {
    if (features_[rung] == nullptr) continue;
    if (!features_[rung]->present[static_cast<size_t>(sample)]) return below;
    below = static_cast<int>(rung);
  }
  return std::nullopt;
}

bool FeatureSource::fill(const Options& options) {
  std::map<int, std::vector<int64_t>> starts;
  std::vector<std::vector<int64_t>> absent(ladder_.size());
  for (int64_t sample = 0; sample < data_.size(); ++sample) {
    if (const auto start = start_of(sample)) starts[*start].push_back(sample);
    for (size_t rung = 0; rung < ladder_.size(); ++rung) {
      if (features_[rung] != nullptr && !features_[rung]->present[static_cast<size_t>(sample)])
        absent[rung].push_back(sample);
    }
  }
  for (auto& [start, samples] : starts) {
    if (start < 0 ? !fill_from_samples(samples, options) : !fill_from(start, samples, options))
      return false;
  }
  for (size_t rung = 0; rung < ladder_.size(); ++rung) {
    if (ladder_[rung].holds_samples || features_[rung] == nullptr) continue;
    std::erase_if(absent[rung],
                  [&](int64_t sample) { return broken_[static_cast<size_t>(sample)]; });
    bank_.save(data_, key(ladder_[rung]), *features_[rung], std::move(absent[rung]),
               ladder_[rung].row_floats);
  }
  return true;
}

/// Runs the samples' `values` at the rung `from` (−1: the samples) through all rungs above it.
void FeatureSource::run_and_keep(int from, std::span<const int64_t> samples,
                                 std::span<const Tensor> values) {
  for (size_t rung = static_cast<size_t>(from) + 1; rung < ladder_.size(); ++rung) {
    values = step(rung).run(values);
    if (features_[rung] != nullptr) put(*features_[rung], samples, values);
  }
}

bool FeatureSource::fill_from_samples(std::vector<int64_t> samples, const Options& options) {
  return read(std::move(samples), options, [&](const Batch& batch) {
    run_and_keep(-1, batch.indices, {&batch.inputs, 1});
  });
}

/// What an earlier fit left out above what it kept.
bool FeatureSource::fill_from(int rung, std::span<const int64_t> samples, const Options& options) {
  const auto at = static_cast<size_t>(rung);
  std::vector<Tensor> values;
  for (const Shape& shape : ladder_[at].shapes)
    values.push_back(Tensor::zeros(shape.with_batch(MicroBatches::size)));
  for (size_t first = 0; first < samples.size(); first += MicroBatches::size) {
    if (options.stop != nullptr && options.stop->load()) return false;
    const auto part =
        samples.subspan(first, std::min<size_t>(MicroBatches::size, samples.size() - first));
    gather(at, part, values);
    run_and_keep(rung, part, values);
  }
  return true;
}

void FeatureSource::gather(size_t rung, std::span<const int64_t> samples,
                           std::span<Tensor> tensors) const {
  for (size_t i = 0; i < samples.size(); ++i) {
    auto from = std::span<const float>(features_[rung]->store->row(samples[i]));
    for (Tensor& tensor : tensors) {
      Tensor to = tensor.rows(static_cast<int64_t>(i), 1);
      std::ranges::copy(from.first(to.values().size()), to.data());
      from = from.subspan(to.values().size());
    }
  }
}

/// Loads samples ahead and hands them on in micro-batches; false when it was stopped.
bool FeatureSource::read(std::vector<int64_t> samples, const Options& options,
                         const std::function<void(const Batch&)>& use) {
  const auto total = static_cast<int64_t>(samples.size());
  int64_t done = 0;
  const auto loader = micro_batch_loader(data_, std::move(samples), threads_);
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
  loader_ = micro_batch_loader(walk_data_ ? *walk_data_ : data_, order_, threads_);
}

/// To the next micro-batch of the walk.
void FeatureSource::advance() {
  batch_ = loader_->next();
  batch_row_ = 0;
  if (!loader_->failures().empty()) {
    throw Error("a sample that could be read before cannot now: " +
                loader_->failures().front().message);
  }
  results_ = {&batch_->inputs, 1};
  for (size_t rung = 0; rung < ladder_.size(); ++rung) results_ = step(rung).run(results_);
}

void FeatureSource::next(int64_t rows, std::span<Tensor> inputs) {
  if (!features_.empty()) {
    gather(ladder_.size() - 1, std::span(order_).subspan(place_, static_cast<size_t>(rows)),
           inputs);
    place_ += static_cast<size_t>(rows);
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
