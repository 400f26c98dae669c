#include <fmt/format.h>

#include <cstdio>

#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/numpy_array.h"
#include "thaw/core/error.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/predict_task.h"
#include "thaw/train/model.h"

namespace thaw::app::commands {
namespace {

void print_json(const ImagePrediction& prediction) {
  Config line;
  line.set("file", prediction.file.string());
  if (!prediction.error.empty()) {
    print_json_line(line.set("error", prediction.error));
    return;
  }
  Config predictions{Config::List{}};
  for (const Guess& guess : prediction.guesses) {
    Config row;
    row.set("class", guess.name).set("probability", static_cast<double>(guess.probability));
    predictions.append(std::move(row));
  }
  print_json_line(line.set("predictions", std::move(predictions)));
}

void print_text(const ImagePrediction& prediction) {
  if (!prediction.error.empty()) {
    std::fflush(stdout);
    fmt::print(stderr, "thaw: error: {}\n", prediction.error);
    return;
  }
  fmt::print("{}\n", prediction.file.string());
  for (const Guess& guess : prediction.guesses)
    fmt::print("  {:6.2f} %  {}\n", 100 * guess.probability, guess.name);
}

struct Predict final : Call {
  PredictTask task;
  EngineOptions engine;
  bool json = false;
  std::filesystem::path input;
  std::filesystem::path output;

  void describe(OptionList& options) override {
    task.describe(options);
    options.add("json", json, {.help = "one JSON object an image on standard output"});
    options.add("input", input,
                {.help = "instead of images a .npy file: float32, NHWC, already preprocessed",
                 .value = "X.npy",
                 .completes = Completes::file});
    options.add("output", output,
                {.help = "where the outputs for --input go, as .npy",
                 .value = "Y.npy",
                 .completes = Completes::file});
    describe_threads(engine, options);
  }

  Exit predict_tensor() const {
    const Model model(load_model(task.model, task.form.load_options()));
    const Tensor x = read_numpy_array(input);
    Engine runs_on(engine);
    write_numpy_array(output, with_context(input.string(), [&] {
                        if (x.shape().rank() < 1)
                          throw Error("expected an array of samples, received one number");
                        return model.predict(runs_on, x);
                      }));
    return Exit::done;
  }

  Exit run() override {
    const bool raw = !input.empty() || !output.empty();
    if (raw && !task.images.empty())
      throw UsageError("predict: expected images or --input, received both");
    if (!raw && task.images.empty())
      throw UsageError(
          "predict: expected images (files or folders), or --input X.npy and --output Y.npy");
    if (raw && (input.empty() || output.empty()))
      throw UsageError("predict: expected --input and --output together");
    if (raw) return predict_tensor();
    Engine runs_on(engine);
    task.on_remark = [](const std::string& remark) { fmt::print(stderr, "thaw: {}\n", remark); };
    const bool all_read = task.run(runs_on, json ? &print_json : &print_text);
    return all_read ? Exit::done : Exit::failed;
  }
};

}  // namespace

extern const Command predict;
const Command predict{
    .name = "predict",
    .what = "what a model sees in images, or makes of raw tensors",
    .details =
        "Shows the likeliest classes of each image. A model that thaw fit wrote says itself how "
        "images are prepared for it. An image that cannot be read is reported, the rest goes on, "
        "and the exit code is 1.",
    .example = "thaw predict model.keras new.jpg more_photos/",
    .make = &make_call<Predict>,
    .runs_networks = true};

}  // namespace thaw::app::commands
