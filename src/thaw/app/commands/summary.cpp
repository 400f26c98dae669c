#include "thaw/graph/summary.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "thaw/app/base_model.h"
#include "thaw/app/command.h"
#include "thaw/app/plan_text.h"
#include "thaw/app/progress.h"
#include "thaw/app/recipe_flags.h"
#include "thaw/applications/application.h"
#include "thaw/formats/model_file.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string model;
  bool json = false;
  bool plan = false;
  BaseFlags base = {.weights = ""};
  RecipeFlags recipe;
  int64_t classes = 0;  ///< 0: the model's own
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

nlohmann::json to_json(const std::vector<LayerOperation>& operations) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& [layer, what] : operations)
    rows.push_back({{"layer", layer}, {"operation", what}});
  return rows;
}

nlohmann::json to_json(const PassReport& pass) {
  nlohmann::json replaced = to_json(pass.changes.replaced);
  for (size_t i = 0; i < replaced.size(); ++i) replaced[i]["by"] = pass.changes.by[i].what;
  return {{"name", pass.name},
          {"merged", to_json(pass.changes.merged)},
          {"replaced", std::move(replaced)}};
}

nlohmann::json to_json(const FrozenPart& part) {
  nlohmann::json kept = nlohmann::json::array();
  for (const KeptTensor& tensor : part.kept) {
    kept.push_back(
        {{"layer", tensor.layer}, {"shape", shape_json(tensor.shape)}, {"bytes", tensor.bytes()}});
  }
  nlohmann::json passes = nlohmann::json::array();
  for (const PassReport& pass : part.passes) passes.push_back(to_json(pass));
  return {{"kept", std::move(kept)},
          {"bytes", part.row_bytes()},
          {"operations", part.asked.size()},
          {"passes", std::move(passes)},
          {"run", to_json(part.run)}};
}

nlohmann::json to_json(const StagePlan& stage) {
  nlohmann::json trained = nlohmann::json::array();
  for (const TrainedLayer& layer : stage.fit.trained) {
    trained.push_back({{"layer", layer.name}, {"parameters", layer.parameters}});
  }
  return {{"name", stage.options.name},
          {"epochs", stage.options.epochs},
          {"learning_rate", stage.options.learning_rate},
          {"trained", std::move(trained)},
          {"trainable_parameters", stage.fit.trained_parameters()},
          {"random_layers", stage.fit.random_layers},
          {"repeated", to_json(stage.fit.repeated)},
          {"each_step", to_json(stage.fit.each_step)}};
}

nlohmann::json to_json(const PlanReport& report) {
  const RecipeTimes& times = report.times;
  nlohmann::json frozen = nlohmann::json::array();
  for (size_t i = 0; i < report.plan.frozen.size(); ++i) {
    frozen.push_back(to_json(report.plan.frozen[i]));
    frozen.back()["seconds"] = times.frozen_seconds[i];
  }
  nlohmann::json stages = nlohmann::json::array();
  for (size_t i = 0; i < report.plan.stages.size(); ++i) {
    stages.push_back(to_json(report.plan.stages[i]));
    stages.back()["begins_at"] = report.plan.begin_of(report.plan.stages[i]);
    stages.back()["step_seconds"] = {{"forward", times.steps[i].forward},
                                     {"backward", times.steps[i].backward},
                                     {"optimizer", times.steps[i].optimizer}};
  }
  return {{"base", report.base},
          {"input_shape", shape_json(report.image)},
          {"classes", report.classes},
          {"optimizer", report.optimizer},
          {"frozen", std::move(frozen)},
          {"bytes_per_image", report.plan.row_bytes()},
          {"stages", std::move(stages)},
          {"threads", times.threads},
          {"frozen_batch", times.micro_batch},
          {"frozen_images_per_second", times.pictures_per_second()},
          {"batch_size", times.batch_size}};
}

/// A network of keras.applications as it is built, with its top and no weights looked for.
Functional network(const std::string& name) {
  auto [application, options] = applications::find(name);
  options.weights = "none";
  return applications::create(*application, options);
}

/// How many classes a file of `thaw fit` has been trained on; some number where nothing tells.
int64_t classes_of(const Functional& model) {
  const Config* classes = model.metadata().find("classes");
  return classes == nullptr ? 10 : static_cast<int64_t>(classes->as_list().size());
}

/// What `thaw fit --base MODEL` would do.
PlanReport plan_of(Options options, const Functional& model) {
  Progress progress;
  BaseFlags& flags = options.base;
  flags.base = options.model;
  flags.on_download = [&](int64_t received, int64_t total) {
    return progress.on_download(received, total);
  };
  // Times and sizes do not depend on the weights, so a network needs none.
  if (flags.weights.empty()) flags.weights = names_a_file(flags.base) ? "imagenet" : "none";
  const Functional base = base_model(flags);
  const int64_t classes = options.classes > 0 ? options.classes : classes_of(model);
  const RecipeOptions settings = recipe_options(options.recipe);
  Engine engine(engine_options(options.recipe));
  const Recipe recipe(base, classes, settings);
  PlanReport report{.plan = recipe.plan(),
                    .base = base.name(),
                    .image = base.inputs()[0].shape(),
                    .classes = classes,
                    .optimizer = settings.optimizer};
  report.times = measure(engine, report.plan, settings);
  return report;
}

Exit run(const Options& options) {
  const Functional model =
      names_a_file(options.model) ? load_model(options.model) : network(options.model);
  std::optional<PlanReport> plan;
  if (options.plan) plan = plan_of(options, model);
  if (options.json) {
    nlohmann::json json = to_json(model);
    if (plan) json["plan"] = to_json(*plan);
    fmt::print("{}\n", json.dump());
    return Exit::done;
  }
  fmt::print("{}", thaw::summary(model));
  if (plan) fmt::print("\n{}", plan_text(*plan));
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a model file (.keras, .h5), or a network of thaw models")
      ->required();
  app.add_flag("--json", options->json, "one JSON object on standard output");
  CLI::Option* plan = app.add_flag("--plan", options->plan,
                                   "also how thaw fit would run with this base: what is folded, "
                                   "kept and trained; what it takes");
  CLI::App& recipe = *app.add_option_group("The recipe of --plan, as for thaw fit");
  recipe.needs(plan);
  recipe.add_option("--weights", options->base.weights,
                    "of the base: imagenet, none, or a file (default: a file's own, else none)");
  recipe
      .add_option("--image-size", options->base.image_size,
                  "pixels a side (default: the model's own, 224)")
      ->check(CLI::Range(1, 16384));
  recipe
      .add_option("--classes", options->classes, "of the new head (default: a file's own, else 10)")
      ->check(CLI::Range(2, 65536));
  add_recipe_flags(recipe, options->recipe);
  return [options] { return run(*options); };
}

}  // namespace

extern const Command summary;
const Command summary{"summary", "layers, shapes, parameters, what trains", &configure, true};

}  // namespace thaw::app::commands
