#include "thaw/train/feature_source.h"

#include <algorithm>
#include <cstring>

#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/compile/split_frozen.h"

namespace thaw {

TrainingPlan make_plan(const ops::Graph& graph, Activation::Kind logits_of) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    throw Error("expected a model with one input and one output, received " +
                std::to_string(graph.inputs.size()) + " and " +
                std::to_string(graph.outputs.size()));
  }
  TrainingPlan plan;
  const Logits logits = without_last_activation(graph, logits_of);
  plan.left_off = logits.activation.kind;
  Split split = split_frozen(logits.graph);
  const auto outputs = split.prefix.outputs;
  split.prefix.outputs.clear();
  for (const ops::Value output : outputs) {
    if (output == split.prefix.inputs[0]) {
      plan.sources.push_back(-1);
    } else {
      plan.sources.push_back(static_cast<int>(split.prefix.outputs.size()));
      split.prefix.outputs.push_back(output);
    }
  }
  plan.prefix = std::move(split.prefix);
  plan.suffix = std::move(split.suffix);
  return plan;
}

FeatureSource::FeatureSource(const Dataset& data, const TrainingPlan& plan, Device& device,
                             Threads& threads, const Options& options)
    : data_(data), plan_(plan), threads_(threads), prefix_(plan.prefix, device) {
  const Shape& expected = plan.prefix[plan.prefix.inputs[0]].shape;
  if (data.input_shape() != expected) {
    throw Error("expected samples of shape " + expected.to_string() + ", received " +
                data.input_shape().to_string());
  }
  if (options.keep) {
    std::vector<Shape> shapes;
    for (const ops::Value input : plan.suffix.inputs) shapes.push_back(plan.suffix[input].shape);
    store_ = memory_features(data.size(), shapes,
                             options.budget_bytes.value_or(default_feature_budget()));
  }
  read_all(options);
}

void FeatureSource::read_all(const Options& options) {
  const auto loader = micro_batch_loader(data_, all_samples(data_), threads_);
  while (const Batch* batch = loader->next()) {
    if (options.stop != nullptr && options.stop->load()) return;
    usable_.insert(usable_.end(), batch->indices.begin(), batch->indices.end());
    if (store_ != nullptr) {
      batch_ = batch;
      results_ = prefix_.run(batch->inputs);
      for (size_t b = 0; b < plan_.sources.size(); ++b) {
        for (int64_t row = 0; row < batch->size(); ++row)
          store_->put(batch->indices[static_cast<size_t>(row)], b,
                      boundary(b).rows(row, 1).values());
      }
    }
    if (options.progress)
      options.progress(static_cast<int64_t>(usable_.size() + loader->failures().size()),
                       data_.size());
  }
  batch_ = nullptr;
  for (const LoadFailure& failure : loader->failures()) dropped_.push_back(failure.message);
  complete_ = true;
}

const Tensor& FeatureSource::boundary(size_t index) const {
  const int source = plan_.sources[index];
  return source < 0 ? batch_->inputs : results_[static_cast<size_t>(source)];
}

void FeatureSource::start(std::vector<int64_t> order) {
  order_ = std::move(order);
  place_ = 0;
  batch_ = nullptr;
  if (store_ != nullptr) return;
  loader_.reset();
  loader_ = micro_batch_loader(data_, order_, threads_);
}

void FeatureSource::copy_kept(std::span<const int64_t> samples, std::span<Tensor> inputs) const {
  for (size_t row = 0; row < samples.size(); ++row) {
    for (size_t b = 0; b < inputs.size(); ++b) {
      Tensor to = inputs[b].rows(static_cast<int64_t>(row), 1);
      store_->get(samples[row], b, to.values());
    }
  }
}

/// To the next micro-batch of the walk.
void FeatureSource::advance() {
  batch_ = loader_->next();
  batch_row_ = 0;
  if (!loader_->failures().empty()) {
    throw Error("a sample that could be read before cannot now: " +
                loader_->failures().front().message);
  }
  results_ = prefix_.run(batch_->inputs);
}

void FeatureSource::next(int64_t rows, std::span<Tensor> inputs) {
  if (store_ != nullptr) {
    copy_kept(std::span(order_).subspan(place_, static_cast<size_t>(rows)), inputs);
    place_ += static_cast<size_t>(rows);
    return;
  }
  for (int64_t done = 0; done < rows;) {
    if (batch_ == nullptr || batch_row_ == batch_->size()) advance();
    const int64_t count = std::min(rows - done, batch_->size() - batch_row_);
    for (size_t b = 0; b < inputs.size(); ++b) {
      Tensor to = inputs[b].rows(done, count);
      std::memcpy(to.data(), boundary(b).rows(batch_row_, count).data(), to.values().size_bytes());
    }
    batch_row_ += count;
    done += count;
  }
}

}  // namespace thaw
