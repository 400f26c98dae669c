#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/numpy_array.h"
#include "thaw/core/error.h"
#include "thaw/core/terminal_text.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/predict_task.h"
#include "thaw/train/model.h"

namespace thaw::app::commands {
namespace {

/// "probability" is a probability; whatever else the number is has another name.
const char* key_of(const Guess& guess) {
  if (guess.is_probability()) return "probability";
  return guess.kind == OutputKind::scores ? "score" : "value";
}

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
    if (!guess.name.empty()) row.set("class", guess.name);
    row.set(key_of(guess), static_cast<double>(guess.value));
    predictions.append(std::move(row));
  }
  line.set("predictions", std::move(predictions));
  if (prediction.unlikeness) {
    line.set("none_of_these", prediction.unlikeness->is_none_of_these())
        .set("distance", prediction.unlikeness->distance)
        .set("threshold", prediction.unlikeness->threshold);
  }
  print_json_line(line);
}

void print_text(const ImagePrediction& prediction) {
  if (!prediction.error.empty()) {
    std::fflush(stdout);
    fmt::print(stderr, "thaw: error: {}\n", printable(prediction.error));
    return;
  }
  fmt::print("{}\n", printable_name(prediction.file.string()));
  if (prediction.unlikeness && prediction.unlikeness->is_none_of_these()) {
    fmt::print("  none of these\n");
    return;
  }
  for (const Guess& guess : prediction.guesses) {
    if (guess.is_probability()) {
      fmt::print("  {:6.2f} %  {}\n", 100 * guess.value, printable_name(guess.name));
    } else if (guess.name.empty()) {
      fmt::print("  {:.6g}\n", guess.value);
    } else {
      fmt::print("  {:10.4f}  {}\n", guess.value, printable_name(guess.name));
    }
  }
}

struct Predict final : Call {
  PredictTask task;
  EngineOptions engine;
  bool json = false;
  std::filesystem::path input;
  std::string output;  ///< where that goes; of images the name of an output

  void describe(OptionList& options) override {
    task.describe(options);
    options.add("json", json, {.help = "one JSON object an image on standard output"});
    options.add("input", input,
                {.help = "instead of images a .npy file: float32, NHWC, already preprocessed",
                 .value = "X.npy",
                 .completes = Completes::file});
    options.add("output", output,
                {.help = "with --input where the outputs go, as .npy (NAME=Y.npy of a model with "
                         "several outputs); with images which output counts, by its layer's name",
                 .value = "Y.npy|NAME",
                 .completes = Completes::file});
    describe_threads(engine, options);
  }

  /// `output` as the name of an output, if it begins with one, and the file.
  std::pair<std::optional<std::string>, std::filesystem::path> raw_output(
      const Functional& model) const {
    const std::vector<std::string> names = output_names(model);
    for (const std::string& name : names)
      if (output.starts_with(name + "=")) return {name, output.substr(name.size() + 1)};
    if (const size_t sign = output.find('='); names.size() > 1 && sign != std::string::npos)
      return {output.substr(0, sign), output.substr(sign + 1)};
    if (names.size() > 1) {
      throw UsageError(fmt::format(
          "--output: model \"{}\" has several outputs: expected NAME=Y.npy with one of {}, "
          "received \"{}\"",
          model.name(), fmt::join(names, ", "), output));
    }
    return {std::nullopt, output};
  }

  Exit predict_tensor() const {
    const Functional whole = load_model(task.model, task.load_options());
    const auto [name, file] = raw_output(whole);
    const Model model(choose_output(whole, name).model);
    const Tensor x = read_numpy_array(input);
    Engine runs_on(bounded_threads(engine));
    write_numpy_array(file, with_context(input.string(), [&] {
                        if (x.shape().rank() < 1)
                          throw Error("expected an array of samples, received one number");
                        return model.predict(runs_on, x);
                      }));
    return Exit::done;
  }

  Exit run() override {
    const bool raw = !input.empty() || (!output.empty() && task.images.empty());
    if (raw && !task.images.empty())
      throw UsageError("predict: expected images or --input, received both");
    if (!raw && task.images.empty())
      throw UsageError(
          "predict: expected images (files or folders), or --input X.npy and --output Y.npy");
    if (raw && (input.empty() || output.empty()))
      throw UsageError("predict: expected --input and --output together");
    if (raw) return predict_tensor();
    if (!output.empty()) task.output.name = output;
    Engine runs_on(bounded_threads(engine));
    task.on_remark = [](const std::string& remark) {
      fmt::print(stderr, "thaw: {}\n", printable(remark));
    };
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
        "Shows the likeliest classes of each image; of a model that knows images of none of its "
        "classes, \"none of these\" for such (with --json: \"none_of_these\", and the distance and "
        "threshold that it comes of, beside the likeliest classes). A model that thaw fit wrote "
        "says itself how "
        "images are prepared for it and what its classes are called; of another one, say it with "
        "--classes. Outputs that are no probabilities are shown as scores. Of folders all images "
        "below them are taken, without hidden files. An image that cannot be read is reported, and "
        "the rest goes on. Exit code: 0, every image was read; 1, one or more could not be read, "
        "or nothing could be done; 2, the call is wrong.",
    .example = "thaw predict model.keras new.jpg more_photos/",
    .make = &make_call<Predict>,
    .runs_networks = true};

}  // namespace thaw::app::commands
