#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "thaw/app/command.h"
#include "thaw/app/npy.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"
#include "thaw/runtime/device.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  std::string input;
  std::string output;
  int threads = 0;
};

/// Runs `x` through the whole model, frozen, in batches of one size; the last is filled up with
/// zeros.
Tensor predict_batches(const Functional& model, const Tensor& x, int threads) {
  constexpr int64_t largest_batch = 32;
  const auto graph = optimize(specialize(lower(model), ops::Phase::inference), {.frozen = true});
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    throw Error(
        fmt::format("expected a model with one input and one output, received one with {} and {}",
                    graph.inputs.size(), graph.outputs.size()));
  }
  const Shape& sample = graph[graph.inputs[0]].shape;
  if (x.shape().rank() != sample.rank() + 1 || x.shape().without_batch() != sample) {
    throw Error(
        fmt::format("expected an array of shape (any, …) with samples of {}, received {}: "
                    "preprocess and resize "
                    "before saving it",
                    sample.to_string(), x.shape().to_string()));
  }
  const int64_t count = x.shape()[0];
  const int64_t batch = std::clamp<int64_t>(count, 1, largest_batch);
  auto executable = cpu_device(threads)->compile(graph, {.batch_size = batch});
  Tensor result(graph[graph.outputs[0]].shape.with_batch(count));
  for (int64_t first = 0; first < count; first += batch) {
    const int64_t here = std::min(batch, count - first);
    Tensor part = Tensor::zeros(sample.with_batch(batch));
    std::ranges::copy(x.rows(first, here).values(), part.data());
    const Tensor& y = executable->forward({&part, 1})[0];
    std::ranges::copy(y.rows(0, here).values(), result.rows(first, here).data());
  }
  return result;
}

Exit run(const Options& options) {
  const Functional model = load_model(options.model);
  const Tensor x = read_npy(options.input);
  write_npy(options.output, with_context(options.input, [&] {
              return predict_batches(model, x, options.threads);
            }));
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a model file: .keras or .h5")->required();
  app.add_option("--input", options->input, "a .npy file: float32, NHWC, already preprocessed")
      ->required();
  app.add_option("--output", options->output, "where the outputs go, as .npy")->required();
  app.add_option("--threads", options->threads, "0: as many as this process may run on at once");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command predict;
const Command predict{"predict", "what a model makes of raw tensors", &configure};

}  // namespace thaw::app::commands
