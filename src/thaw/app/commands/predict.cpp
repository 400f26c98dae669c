#include <CLI/CLI.hpp>
#include <memory>

#include "thaw/app/command.h"
#include "thaw/app/npy.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"
#include "thaw/train/model.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  std::string input;
  std::string output;
  int threads = 0;
};

Exit run(const Options& options) {
  const Model model(load_model(options.model));
  const Tensor x = read_npy(options.input);
  write_npy(options.output, with_context(options.input, [&] {
              if (x.shape().rank() < 1)
                throw Error("expected an array of samples, received one number");
              return model.predict(x, {.threads = options.threads});
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
