#include "thaw/train/frozen_features.h"

#include <algorithm>

#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/features/feature_row.h"
#include "thaw/train/pass_over.h"
#include "thaw/train/training_graph.h"

namespace thaw {
namespace {

/// All rows of the walk, a micro-batch at a time.
Tensor gathered(FeatureWalk& walk, const std::vector<int64_t>& samples, const FrozenCut& cut) {
  constexpr int64_t rows = 64;
  std::vector<Tensor> parts;
  for (const Shape& shape : cut.shapes) parts.push_back(Tensor::zeros(shape.with_batch(rows)));
  Tensor result(Shape{std::ssize(samples), cut.row_floats});
  walk.start(samples);
  for (int64_t first = 0; first < std::ssize(samples); first += rows) {
    const int64_t count = std::min(rows, std::ssize(samples) - first);
    walk.next(count, parts);
    for (int64_t i = 0; i < count; ++i) gather_row(parts, i, result.rows(first + i, 1).values());
  }
  return result;
}

}  // namespace

std::optional<FrozenFeatures> frozen_features(const Model& model, Engine& engine,
                                              const Dataset& data, const FitOptions& options) {
  if (model.compiled() == nullptr) throw Error("frozen_features: call compile() first");
  const TrainingGraph split =
      training_graph(lower(model), loss_types::find(model.compiled()->loss.name).logits_of);
  const auto kept =
      options.features != nullptr ? options.features : std::make_shared<KeptFeatures>();
  const auto frozen =
      std::make_shared<FrozenLayers>(split.graph, split.cut, kept->expected(), engine.device());
  TrainingControl control;
  auto images = pass_over(engine, data, frozen, *kept, options.cache == FeatureCache::automatic,
                          options, control);
  if (!images) return std::nullopt;
  FrozenFeatures result{
      .values = {}, .samples = std::move(images->usable), .dropped = std::move(images->dropped)};
  if (result.samples.empty()) {
    throw Error(data.size() == 0 ? "the dataset is empty"
                                 : "no sample can be read; the first: " + result.dropped.front());
  }
  std::vector<int64_t> all;
  for (int64_t view = 0; view < data.views(); ++view)
    for (const int64_t sample : result.samples) all.push_back(sample + view);
  result.values = gathered(*images->walk, all, frozen->segments().cuts().back());
  return result;
}

}  // namespace thaw
