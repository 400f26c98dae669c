#include "thaw/train/predictor.h"

#include "thaw/compile/lower.h"
#include "thaw/features/micro_batches.h"

namespace thaw {

struct Predictor::State {
  State(const ops::Graph& graph, Engine& engine)
      : threads(engine.threads()),
        network(frozen_graph(graph, engine.device().traits()), graph, engine.device()),
        input_shape(graph[graph.inputs[0]].shape),
        output_shape(graph[graph.outputs[0]].shape) {
    for (const ops::Value output : graph.outputs)
      widths.push_back(static_cast<size_t>(graph[output].shape.elements()));
  }

  /// What the network just gave for a row of its batch.
  Prediction prediction(int64_t sample, std::span<const Tensor> outputs, size_t row) const {
    const auto of = [&](size_t output) {
      return outputs[output].values().subspan(row * widths[output], widths[output]);
    };
    Prediction result{.sample = sample, .outputs = of(0), .error = {}};
    for (size_t i = 1; i < widths.size(); ++i) result.further.push_back(of(i));
    return result;
  }

  Threads& threads;
  MicroBatches network;
  Shape input_shape;
  Shape output_shape;
  std::vector<size_t> widths;  ///< of each output
};

Predictor::Predictor(const Functional& model, Engine& engine) : Predictor(lower(model), engine) {}

Predictor::Predictor(const ops::Graph& graph, Engine& engine) {
  if (graph.inputs.size() != 1 || graph.outputs.empty())
    throw Error("expected a model with one input and an output");
  state_ = std::make_unique<State>(graph, engine);
}

Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;

const Shape& Predictor::output_shape() const { return state_->output_shape; }

void Predictor::run(const Dataset& data, const std::function<void(const Prediction&)>& sink) const {
  if (data.input_shape() != state_->input_shape) {
    throw Error("expected samples of shape " + state_->input_shape.to_string() + ", received " +
                data.input_shape().to_string());
  }
  const auto loader =
      micro_batch_loader(data, all_samples(data), state_->network.size(), state_->threads);
  size_t failed = 0;
  const auto report_failures_before = [&](int64_t sample) {
    const auto failures = loader->failures();
    for (; failed < failures.size() && failures[failed].index < sample; ++failed)
      sink({.sample = failures[failed].index, .outputs = {}, .error = failures[failed].message});
  };
  while (const Batch* batch = loader->next()) {
    const std::span<const Tensor> outputs = state_->network.run({&batch->inputs, 1});
    for (size_t row = 0; row < batch->indices.size(); ++row) {
      report_failures_before(batch->indices[row]);
      sink(state_->prediction(batch->indices[row], outputs, row));
    }
  }
  report_failures_before(data.size());
}

}  // namespace thaw
