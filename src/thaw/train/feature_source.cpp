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
    : data_(data), plan_(plan), threads_(threads) {
  const Shape& expected = plan.prefix[plan.prefix.inputs[0]].shape;
  if (data.input_shape() != expected) {
    throw Error("expected samples of shape " + expected.to_string() + ", received " +
                data.input_shape().to_string());
  }
  if (!plan.prefix.outputs.empty()) {
    prefix_ =
        device.compile(optimize(specialize(plan.prefix, ops::Phase::inference), {.frozen = true}),
                       {.batch_size = micro_batch});
  }
  images_ = Tensor::zeros(expected.with_batch(micro_batch));
  std::vector<Shape> shapes;
  for (const ops::Value input : plan.suffix.inputs) shapes.push_back(plan.suffix[input].shape);
  if (options.keep) {
    store_ = memory_features(data.size(), shapes,
                             options.budget_bytes.value_or(default_feature_budget()));
  }
  for (int64_t first = 0; first < data.size(); first += micro_batch) {
    std::vector<int64_t> samples;
    for (int64_t i = first; i < std::min(first + micro_batch, data.size()); ++i)
      samples.push_back(i);
    std::vector<std::string> errors(samples.size());
    run(samples, errors);
    for (size_t row = 0; row < samples.size(); ++row) {
      if (!errors[row].empty()) {
        dropped_.push_back(errors[row]);
        continue;
      }
      usable_.push_back(samples[row]);
      for (size_t b = 0; store_ != nullptr && b < shapes.size(); ++b) {
        store_->put(samples[row], b, boundary(b).rows(static_cast<int64_t>(row), 1).values());
      }
    }
    if (options.progress)
      options.progress(first + static_cast<int64_t>(samples.size()), data.size());
  }
}

const Tensor& FeatureSource::boundary(size_t index) const {
  const int source = plan_.sources[index];
  return source < 0 ? images_ : results_[static_cast<size_t>(source)];
}

/// Up to micro_batch samples; what is left of the batch keeps old rows, whose results nobody reads.
void FeatureSource::run(std::span<const int64_t> samples, std::vector<std::string>& errors) {
  threads_.for_each(static_cast<int64_t>(samples.size()), [&](int64_t row) {
    Tensor image = images_.rows(row, 1);
    try {
      data_.load(samples[static_cast<size_t>(row)], image.values());
    } catch (const Error& error) {
      errors[static_cast<size_t>(row)] = error.what();
      std::ranges::fill(image.values(), 0.0F);
    }
  });
  if (prefix_ != nullptr) results_ = prefix_->forward({&images_, 1});
}

void FeatureSource::gather(std::span<const int64_t> samples, std::span<Tensor> inputs) {
  if (store_ != nullptr) {
    for (size_t row = 0; row < samples.size(); ++row) {
      for (size_t b = 0; b < inputs.size(); ++b) {
        Tensor to = inputs[b].rows(static_cast<int64_t>(row), 1);
        store_->get(samples[row], b, to.values());
      }
    }
    return;
  }
  for (size_t first = 0; first < samples.size(); first += micro_batch) {
    const auto part = samples.subspan(first, std::min<size_t>(micro_batch, samples.size() - first));
    std::vector<std::string> errors(part.size());
    run(part, errors);
    for (const std::string& error : errors)
      if (!error.empty()) throw Error("a sample that could be read before cannot now: " + error);
    for (size_t b = 0; b < inputs.size(); ++b) {
      Tensor to = inputs[b].rows(static_cast<int64_t>(first), static_cast<int64_t>(part.size()));
      const auto from = boundary(b).rows(0, static_cast<int64_t>(part.size()));
      std::memcpy(to.data(), from.data(), to.values().size_bytes());
    }
  }
}

}  // namespace thaw
