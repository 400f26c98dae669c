#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/data/dataset.h"
#include "thaw/graph/functional.h"
#include "thaw/ops/graph.h"
#include "thaw/runtime/engine.h"

namespace thaw {

/// What a model makes of one sample.
struct Prediction {
  int64_t sample = 0;
  std::span<const float> outputs;  ///< empty when the sample could not be read
  std::string error;               ///< then why
  /// Of a model with several outputs what those after the first give.
  std::vector<std::span<const float>> further = {};
};

/// A model compiled once for predictions, in inference mode. It holds its weights of that moment.
class Predictor {
 public:
  /// `engine` must outlive this object. Throws Error unless the model has one input and an output.
  Predictor(const Functional& model, Engine& engine);
  Predictor(const ops::Graph& graph, Engine& engine);
  ~Predictor();
  Predictor(Predictor&&) noexcept;

  /// Of the first output for one sample, without the batch axis.
  const Shape& output_shape() const;
  /// Calls `sink` for every sample in order; samples are loaded ahead.
  void run(const Dataset& data, const std::function<void(const Prediction&)>& sink) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw
