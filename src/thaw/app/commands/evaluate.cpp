#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "thaw/app/command.h"
#include "thaw/app/fit_data.h"
#include "thaw/app/json_line.h"
#include "thaw/app/picture_form.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"
#include "thaw/train/model.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  std::string images;
  PictureFlags pictures;
  std::string loss = "auto";
  bool json = false;
  int threads = 0;
};

/// The one named; else the one that it was trained with, whether thaw or Keras did.
Loss loss(const Options& options, const Model& loaded) {
  if (options.loss != "auto") return options.loss;
  return loaded.compiled() != nullptr ? loaded.compiled()->loss : Loss(loss_of(loaded));
}

Exit run(const Options& options) {
  const Model loaded = Model::load(options.model);
  Functional network = loaded;
  const ImageOptions form = picture_form(network, options.pictures);
  const std::vector<std::string> names = class_names(network);
  if (options.pictures.image_size)
    network = network.with_input_shape({form.size.height, form.size.width, 3});
  const ImageFolder folder = list_image_folder(options.images);
  const ImageDataset data(with_context(options.images, [&] { return with_classes(folder, names); }),
                          form);
  const Model model(network);
  model.compile({.optimizer = sgd({}), .loss = loss(options, loaded), .metrics = {"accuracy"}});
  Engine engine({.threads = options.threads});
  int64_t broken = 0;
  const Logs logs = model.evaluate(engine, data, {.on_broken = [&](const std::string& reason) {
                                     ++broken;
                                     fmt::print(stderr, "thaw: skipped: {}\n", reason);
                                   }});
  const int64_t images = data.size() - broken;
  if (options.json) {
    nlohmann::ordered_json result = {{"images", images}};
    for (const auto& [name, value] : logs) result[name] = value;
    result["classes"] = names;
    print_json_line(result);
  } else {
    fmt::print("{} images", images);
    for (const auto& [name, value] : logs) fmt::print("  {} {:.4f}", name, value);
    fmt::print("\n");
  }
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a model file: .keras or .h5")->required();
  app.add_option("images", options->images, "a folder that holds one folder of images a class")
      ->required();
  app.add_flag("--json", options->json, "one JSON object on standard output");
  add_picture_flags(app, options->pictures);
  app.add_option("--loss", options->loss, "Keras's name (auto: the one it was trained with)")
      ->capture_default_str();
  app.add_option("--threads", options->threads, "0: as many as this process may run on at once")
      ->check(CLI::Range(0, 1024));
  return [options] { return run(*options); };
}

}  // namespace

extern const Command evaluate;
const Command evaluate{"evaluate", "loss and accuracy of a model on a folder of images", &configure,
                       true};

}  // namespace thaw::app::commands
