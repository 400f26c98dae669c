#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/npy.h"
#include "thaw/app/picture_form.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"
#include "thaw/train/model.h"
#include "thaw/train/predictor.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  std::vector<std::string> images;
  PictureFlags pictures;
  int top = 5;
  bool json = false;
  std::string input;
  std::string output;
  int threads = 0;
};

struct Guess {
  std::string name;
  float probability = 0;
};

/// The `top` likeliest classes. One output is the probability of the second class of two.
std::vector<Guess> guesses(std::span<const float> outputs, const std::vector<std::string>& names,
                           int top) {
  std::vector<float> values(outputs.begin(), outputs.end());
  if (values.size() == 1) values = {1 - outputs[0], outputs[0]};
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return values[a] > values[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(top)));
  std::vector<Guess> result;
  result.reserve(order.size());
  for (const size_t i : order) result.push_back({names[i], values[i]});
  return result;
}

void print_guesses(const std::string& file, const std::vector<Guess>& found, bool json) {
  if (json) {
    auto predictions = nlohmann::ordered_json::array();
    for (const Guess& guess : found)
      predictions.push_back({{"class", guess.name}, {"probability", guess.probability}});
    const nlohmann::ordered_json line = {{"file", file}, {"predictions", std::move(predictions)}};
    print_json_line(line);
    return;
  }
  fmt::print("{}\n", file);
  for (const Guess& guess : found)
    fmt::print("  {:6.2f} %  {}\n", 100 * guess.probability, guess.name);
}

void print_failure(const std::string& file, const std::string& message, bool json) {
  if (json) {
    const nlohmann::ordered_json line = {{"file", file}, {"error", message}};
    print_json_line(line);
  } else {
    std::fflush(stdout);
    fmt::print(stderr, "thaw: error: {}\n", message);
  }
}

Exit predict_images(const Options& options) {
  const Functional model = load_model(options.model);
  const ImageOptions form = picture_form(model, options.pictures);
  const std::vector<std::string> names = class_names(model);
  const std::vector<std::filesystem::path> paths(options.images.begin(), options.images.end());
  const ImageDataset data(list_images(paths), form);
  Engine engine({.threads = options.threads});
  const Predictor predictor(options.pictures.image_size
                                ? model.with_input_shape({form.size.height, form.size.width, 3})
                                : model,
                            engine);
  bool all_read = true;
  predictor.run(data, [&](const Prediction& prediction) {
    const std::string file = data.file(prediction.sample).string();
    if (prediction.error.empty()) {
      print_guesses(file, guesses(prediction.outputs, names, options.top), options.json);
    } else {
      all_read = false;
      print_failure(file, prediction.error, options.json);
    }
  });
  return all_read ? Exit::done : Exit::failed;
}

Exit predict_tensor(const Options& options) {
  const Model model(load_model(options.model));
  const Tensor x = read_npy(options.input);
  Engine engine({.threads = options.threads});
  write_npy(options.output, with_context(options.input, [&] {
              if (x.shape().rank() < 1)
                throw Error("expected an array of samples, received one number");
              return model.predict(engine, x);
            }));
  return Exit::done;
}

Exit run(const Options& options) {
  const bool raw = !options.input.empty() || !options.output.empty();
  if (raw && !options.images.empty())
    throw UsageError("predict: expected images or --input, received both");
  if (!raw && options.images.empty())
    throw UsageError(
        "predict: expected images (files or folders), or --input X.npy and --output Y.npy");
  if (raw && (options.input.empty() || options.output.empty()))
    throw UsageError("predict: expected --input and --output together");
  return raw ? predict_tensor(options) : predict_images(options);
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a model file: .keras or .h5")->required();
  app.add_option("images", options->images, "image files, or folders of them");
  app.add_option("--top", options->top, "how many of the likeliest classes to show")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_flag("--json", options->json, "one JSON object an image on standard output");
  add_picture_flags(app, options->pictures);
  app.add_option("--input", options->input,
                 "instead of images a .npy file: float32, NHWC, already preprocessed");
  app.add_option("--output", options->output, "where the outputs for --input go, as .npy");
  app.add_option("--threads", options->threads, "0: as many as this process may run on at once")
      ->check(CLI::Range(0, 1024));
  return [options] { return run(*options); };
}

}  // namespace

extern const Command predict;
const Command predict{"predict", "what a model sees in images, or makes of raw tensors", &configure,
                      true};

}  // namespace thaw::app::commands
