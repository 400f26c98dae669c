#include "thaw/train/feature_source.h"

#include <algorithm>
#include <cstring>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"

namespace thaw {
namespace {

using Cut = std::vector<ops::Value>;

/// Those of the expected cuts whose features fit into memory beside the target's.
std::vector<Cut> affordable(const TrainingPlan& plan, const FeatureBank& bank, int64_t samples,
                            int64_t budget_bytes) {
  const auto bytes = [&](const Cut& cut) {
    int64_t row = 0;
    for (const ops::Value value : cut) row += plan.graph[value].shape.elements();
    return row * samples * static_cast<int64_t>(sizeof(float));
  };
  int64_t left = budget_bytes - bytes(plan.frontier);
  std::vector<Cut> result;
  for (const Cut& cut : bank.expected()) {
    if (bytes(cut) > left) continue;
    left -= bytes(cut);
    result.push_back(cut);
  }
  return result;
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
  const int64_t budget = options.budget_bytes.value_or(default_feature_budget());
  ladder_ =
      make_ladder(plan.graph, plan.frontier,
                  options.keep ? affordable(plan, bank, data.size(), budget) : std::vector<Cut>{});
  steps_.resize(ladder_.size());
  complete_ = options.keep && make_stores(budget) ? fill(options) : only_read(options);
  for (int64_t i = 0; i < data.size(); ++i)
    if (!broken_[static_cast<size_t>(i)]) usable_.push_back(i);
}

MicroBatches& FeatureSource::step(size_t rung) {
  if (steps_[rung] == nullptr)
    steps_[rung] = std::make_unique<MicroBatches>(ladder_[rung].segment, device_);
  return *steps_[rung];
}

/// Under which the bank keeps a rung: the bits depend on the device too.
std::string FeatureSource::key(const Rung& rung) const {
  const std::string text = rung.function + " " + device_.numerics() + " in batches of " +
                           std::to_string(MicroBatches::size);
  return content_hash(std::as_bytes(std::span(text)));
}

/// False when there is room for them nowhere: then nothing is kept.
bool FeatureSource::make_stores(int64_t budget_bytes) {
  std::optional<std::filesystem::path> folder;
  if (bank_.folder()) folder = bank_.folder()->options().folder;
  for (const Rung& rung : ladder_) {
    Features& features = bank_.of(data_, key(rung));
    if (features.store == nullptr) {
      features.store = make_feature_store(data_.size(), rung.row_floats, budget_bytes, folder);
      features.present.assign(static_cast<size_t>(data_.size()), false);
      if (features.store == nullptr) {
        features_.clear();
        return false;
      }
      if (!rung.holds_samples) bank_.load(data_, key(rung), features, rung.row_floats, threads_);
    }
    features_.push_back(&features);
  }
  return true;
}

/// The samples that the rung has not, but for the broken ones.
std::vector<int64_t> FeatureSource::missing(size_t rung) const {
  std::vector<int64_t> result;
  for (size_t i = 0; i < broken_.size(); ++i) {
    if (!features_[rung]->present[i] && !broken_[i]) result.push_back(static_cast<int64_t>(i));
  }
  return result;
}

void FeatureSource::keep(size_t rung, std::span<const int64_t> samples,
                         std::span<const Tensor> results) {
  for (size_t i = 0; i < samples.size(); ++i) {
    auto to = features_[rung]->store->row(samples[i]);
    for (const Tensor& result : results) {
      const auto from = result.rows(static_cast<int64_t>(i), 1).values();
      std::ranges::copy(from, to.begin());
      to = to.subspan(from.size());
    }
    features_[rung]->present[static_cast<size_t>(samples[i])] = true;
  }
}

void FeatureSource::gather(size_t rung, std::span<const int64_t> samples,
                           std::span<Tensor> tensors) const {
  for (size_t i = 0; i < samples.size(); ++i) {
    auto from = features_[rung]->store->row(samples[i]);
    for (Tensor& tensor : tensors) {
      const auto to = tensor.rows(static_cast<int64_t>(i), 1).values();
      std::ranges::copy(from.first(to.size()), to.begin());
      from = from.subspan(to.size());
    }
  }
}

bool FeatureSource::fill(const Options& options) {
  std::vector<std::vector<int64_t>> computed;
  for (size_t rung = 0; rung < ladder_.size(); ++rung) computed.push_back(missing(rung));
  if (!fill_from_samples(options)) return false;
  for (size_t rung = 1; rung < ladder_.size(); ++rung)
    if (!fill_from_below(rung, options)) return false;
  for (size_t rung = 0; rung < ladder_.size(); ++rung) {
    std::erase_if(computed[rung],
                  [&](int64_t sample) { return broken_[static_cast<size_t>(sample)]; });
    if (!ladder_[rung].holds_samples) {
      bank_.save(data_, key(ladder_[rung]), *features_[rung], std::move(computed[rung]),
                 ladder_[rung].row_floats);
    }
  }
  return true;
}

/// The lowest rung, and those above it while its results are at hand.
bool FeatureSource::fill_from_samples(const Options& options) {
  return read(missing(0), options, [&](const Batch& batch) {
    std::span<const Tensor> results{&batch.inputs, 1};
    for (size_t rung = 0; rung < ladder_.size(); ++rung) {
      results = step(rung).run(results);
      keep(rung, batch.indices, results);
    }
  });
}

/// What an earlier fit left out above what it computed.
bool FeatureSource::fill_from_below(size_t rung, const Options& options) {
  const std::vector<int64_t> samples = missing(rung);
  std::vector<Tensor> below;
  for (const Shape& shape : ladder_[rung - 1].shapes)
    below.push_back(Tensor::zeros(shape.with_batch(MicroBatches::size)));
  for (size_t first = 0; first < samples.size(); first += MicroBatches::size) {
    if (options.stop != nullptr && options.stop->load()) return false;
    const auto part = std::span(samples).subspan(
        first, std::min<size_t>(MicroBatches::size, samples.size() - first));
    gather(rung - 1, part, below);
    keep(rung, part, step(rung).run(below));
  }
  return true;
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
    broken_[static_cast<size_t>(failure.index)] = true;
    dropped_.push_back(failure.message);
  }
  return true;
}

/// Without a store every walk computes anew; here the broken samples are found.
bool FeatureSource::only_read(const Options& options) {
  return read(all_samples(data_), options, [](const Batch&) {});
}

void FeatureSource::start(std::vector<int64_t> order) {
  order_ = std::move(order);
  place_ = 0;
  batch_ = nullptr;
  if (!features_.empty()) return;
  loader_.reset();
  loader_ = micro_batch_loader(data_, order_, threads_);
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
