#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "thaw/compile/optimize.h"
#include "thaw/train/loss.h"
#include "thaw/train/training_graph.h"

namespace thaw {

/// A tensor at a cut of the network, kept of every sample.
struct KeptTensor {
  std::string layer;  ///< the path of the layer that makes it
  Shape shape;
  bool is_sample = false;  ///< whether it is the sample itself
  int64_t bytes() const { return shape.elements() * static_cast<int64_t>(sizeof(float)); }
};

/// Frozen layers from one cut, or the sample, to the next: run once a sample.
struct FrozenPart {
  std::vector<ops::Value> cut;        ///< where it ends, in values of the lowered model
  std::vector<KeptTensor> kept;       ///< what is kept there
  std::vector<LayerOperation> asked;  ///< what the layers ask for
  std::vector<LayerOperation> run;    ///< what is left of it to run after the passes
  int biases = 0;                     ///< how many of those add a bias on their way
  std::vector<PassReport> passes;
  ops::Graph segment;       ///< the part itself, before the passes
  int64_t micro_batch = 0;  ///< how many samples run through it at once

  int64_t row_bytes() const;  ///< of one sample
};

struct TrainedLayer {
  std::string name;
  int64_t parameters = 0;
  int64_t statistics = 0;  ///< moving means and variances that follow the batches
};

/// How a fit of a model will run: what of it once a sample, what in every step, and why.
struct FitPlan {
  std::vector<FrozenPart> frozen;  ///< the lowest first; training begins where the last ends
  std::vector<TrainedLayer> trained;
  std::vector<LayerOperation> each_step;
  /// Random layers below which nothing trains: what comes after them differs from step to step.
  std::vector<std::string> random_layers;
  /// The part of each_step, these apart, that runs in every step only because of them.
  std::vector<LayerOperation> repeated;
  ops::Graph suffix;  ///< from the last cut to the outputs

  int64_t trained_parameters() const;
};

/// The plan of a fit of the lowered `model` by this loss on such a device; `expected` are cuts of
/// other fits that share its features (KeptFeatures::expect). Throws Error unless there is one
/// input and one output.
FitPlan make_fit_plan(const ops::Graph& model, const LossType& loss, const DeviceTraits& traits,
                      std::span<const std::vector<ops::Value>> expected = {});

}  // namespace thaw
