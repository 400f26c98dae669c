#include "thaw/train/predictor.h"

#include "thaw/compile/lower.h"
#include "thaw/features/micro_batches.h"

namespace thaw {

struct Predictor::State {
  State(const ops::Graph& graph, Engine& engine)
      : threads(engine.threads()),
        network(frozen_graph(graph, engine.device().traits()), graph, engine.device()),
        input_shape(graph[graph.inputs[0]].shape),
        output_shape(graph[graph.outputs[0]].shape) {}

  Threads& threads;
  MicroBatches network;
  Shape input_shape;
  Shape output_shape;
};

Predictor::Predictor(const Functional& model, Engine& engine) : Predictor(lower(model), engine) {}

Predictor::Predictor(const ops::Graph& graph, Engine& engine) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
    throw Error("expected a model with one input and one output");
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
  const auto width = static_cast<size_t>(state_->output_shape.elements());
  while (const Batch* batch = loader->next()) {
    const Tensor& outputs = state_->network.run({&batch->inputs, 1})[0];
    for (size_t row = 0; row < batch->indices.size(); ++row) {
      report_failures_before(batch->indices[row]);
      sink({.sample = batch->indices[row],
            .outputs = outputs.values().subspan(row * width, width),
            .error = {}});
    }
  }
  report_failures_before(data.size());
}

}  // namespace thaw
