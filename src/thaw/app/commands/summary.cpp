#include "thaw/graph/summary.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "thaw/app/base_model.h"
#include "thaw/app/command.h"
#include "thaw/applications/application.h"
#include "thaw/formats/model_file.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  bool json = false;
};

nlohmann::json shape_json(const Shape& shape) {
  nlohmann::json result = nlohmann::json::array();
  for (const int64_t size : shape.sizes()) result.push_back(size);
  return result;
}

nlohmann::json to_json(const Functional& model) {
  nlohmann::json layers = nlohmann::json::array();
  for (const Layer& layer : model.layers()) {
    int64_t parameters = 0;
    for (const auto& variable : layer.variables()) parameters += variable->shape().elements();
    nlohmann::json row = {{"name", layer.name()},
                          {"class", layer.class_name()},
                          {"output_shape", shape_json(model.output_of(layer.name()).shape())},
                          {"parameters", parameters},
                          {"trainable", layer.trainable()}};
    if (const Functional* nested = layer.nested()) row["layers"] = to_json(*nested)["layers"];
    layers.push_back(std::move(row));
  }
  return {{"name", model.name()},
          {"parameters", model.count_parameters()},
          {"trainable_parameters", model.count_trainable_parameters()},
          {"layers", std::move(layers)}};
}

/// A network of keras.applications as it is built, with its top and no weights looked for.
Functional network(const std::string& name) {
  auto [application, options] = applications::find(name);
  options.weights = "none";
  return applications::create(*application, options);
}

Exit run(const Options& options) {
  const Functional model =
      names_a_file(options.model) ? load_model(options.model) : network(options.model);
  if (options.json) {
    fmt::print("{}\n", to_json(model).dump());
  } else {
    fmt::print("{}", thaw::summary(model));
  }
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a model file (.keras, .h5), or a network of thaw models")
      ->required();
  app.add_flag("--json", options->json, "one JSON object on standard output");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command summary;
const Command summary{"summary", "layers, shapes, parameters, what trains", &configure};

}  // namespace thaw::app::commands
