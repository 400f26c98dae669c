#include "thaw/graph/summary.h"

#include <fmt/format.h>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/plan_text.h"
#include "thaw/app/progress.h"
#include "thaw/applications/application.h"
#include "thaw/applications/division.h"
#include "thaw/core/terminal_text.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/image_feed.h"
#include "thaw/task/none_of_these.h"
#include "thaw/task/outputs.h"
#include "thaw/task/plan_task.h"

namespace thaw::app::commands {
namespace {

Config model_config(const Functional& model) {
  Config layers{Config::List{}};
  for (const Layer& layer : model.layers()) {
    int64_t parameters = 0;
    for (const auto& variable : layer.variables()) parameters += variable->shape().elements();
    Config row;
    row.set("name", layer.name())
        .set("class", std::string(layer.class_name()))
        .set("output_shape", shape_config(model.output_of(layer.name()).shape()))
        .set("parameters", parameters)
        .set("trainable", layer.trainable());
    if (const Functional* nested = layer.nested())
      row.set("layers", model_config(*nested).at("layers"));
    layers.append(std::move(row));
  }
  Config result;
  result.set("name", model.name())
      .set("parameters", model.count_parameters())
      .set("trainable_parameters", model.count_trainable_parameters())
      .set("layers", std::move(layers));
  return result;
}

/// A network of keras.applications as it is built, with its top and no weights looked for.
Functional network(const std::string& name) {
  auto [application, options] = applications::find(name);
  options.weights = "none";
  return applications::create(*application, options);
}

/// What is fed: {"height": …, "width": …, "channels": …, "preprocessing": …, "why": …}, or
/// {"unknown": why}.
Config input_config(const Functional& model, const ImageForm& asked) {
  Config result;
  try {
    const FoundForm found = find_form(model, asked);
    const ImageOptions& form = found.options;
    result.set("height", form.size.height)
        .set("width", form.size.width)
        .set("channels", form.axes == ImageAxes::rgb ? 3 : 1)
        .set("preprocessing", form.preprocessing.to_config())
        .set("why", found.why);
  } catch (const Error& error) {
    result.set("unknown", error.what());
  }
  return result;
}

std::string input_in_words(const Functional& model, const ImageForm& asked) {
  try {
    const FoundForm found = find_form(model, asked);
    const ImageOptions& form = found.options;
    return fmt::format("Fed: {} images of {}x{} (height x width), {}\n     because: {}{}{}",
                       form.axes == ImageAxes::rgb ? "RGB" : "grey", form.size.height,
                       form.size.width, in_words(form.preprocessing), found.why,
                       found.is_doubtful ? "\n     but: " : "",
                       found.is_doubtful ? found.remark : "");
  } catch (const Error& error) {
    return fmt::format("Fed: {}", error.what());
  }
}

/// What a fit would take of it as the base; nothing where that is nothing.
std::optional<applications::Division> division_of(const Functional& model) {
  try {
    return applications::Division(model);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The blocks of the base's network, the last first, as --unfreeze N-blocks counts them: each with
/// how many of the last layers it and those after it hold.
std::vector<std::pair<std::string, int64_t>> blocks_from_end(const Functional& base) {
  std::vector<std::pair<std::string, int64_t>> result;
  int64_t layers = 0;
  const std::vector<Block> blocks = blocks_of(network_of(base));
  for (size_t i = blocks.size(); i-- > 0;) {
    layers += static_cast<int64_t>(blocks[i].count);
    result.emplace_back(blocks[i].name, layers);
  }
  return result;
}

std::string blocks_in_words(const Functional& base) {
  const auto blocks = blocks_from_end(base);
  if (blocks.size() < 2) return "";
  std::string text =
      "Its blocks from the end, as --unfreeze 2-blocks counts them, and the layers up to there:\n";
  for (size_t i = 0; i < blocks.size(); ++i)
    text += fmt::format("  {:>3}  {:<40} {:>5}\n", i + 1, blocks[i].first, blocks[i].second);
  return text;
}

/// The names for --output where there are several; else empty.
std::string outputs_in_words(const Functional& model) {
  if (model.outputs().size() < 2) return "";
  const std::vector<std::string> names = output_names(model);
  std::string result;
  for (size_t i = 0; i < names.size(); ++i)
    result += fmt::format("{}{} {}", i == 0 ? "" : ", ", names[i],
                          model.outputs()[i].shape().to_string());
  return fmt::format("Outputs (--output names one): {}\n", result);
}

/// What it knows of images of none of its classes: {"unknown_rate": …, "threshold": …}, or
/// {"unknown": why}; null where it knows nothing.
Config none_of_these_config(const Functional& model) {
  try {
    const auto detector = kept_unknown_detector(model);
    if (!detector) return nullptr;
    return Config(Config::Map{})
        .set("unknown_rate", detector->unknown_rate())
        .set("threshold", detector->threshold());
  } catch (const Error& error) {
    return Config(Config::Map{}).set("unknown", error.what());
  }
}

/// The same as a line; empty where it knows nothing.
std::string none_of_these_in_words(const Functional& model) {
  const Config knows = none_of_these_config(model);
  if (knows.is_null()) return "";
  if (const Config* error = knows.find("unknown"); error != nullptr)
    return fmt::format("None of these: {}\n", error->as_string());
  return fmt::format(
      "None of these: images unlike those of its classes are told, and {:.3g} % of those of its "
      "classes are taken for such\n",
      100 * knows.at("unknown_rate").as_number());
}

struct Summary final : Call {
  std::string model;
  bool json = false;
  bool plan = false;
  PlanTask planned;
  EngineOptions engine;
  ImageForm form;

  void describe(OptionList& options) override {
    options.add("model", model,
                {.help = "a model file, or a network of thaw models",
                 .value = "MODEL",
                 .required = true,
                 .positional = true,
                 .completes = Completes::network});
    options.add("json", json, {.help = "one JSON object on standard output"});
    options.add("plan", plan,
                {.help = "also how thaw fit would run with this base: what is folded, kept and "
                         "trained; what it takes"});
    form.describe(options);
    describe_lambdas(planned.base.lambdas, options);
    options.begin_group("The recipe of --plan, as for thaw fit", "plan");
    options.add("weights", planned.base.weights,
                {.help = "of the base: imagenet, none, or a file",
                 .value = "imagenet|none|FILE",
                 .usual = "a file's own, else none",
                 .completes = Completes::file});
    options.add("classes", planned.classes,
                {.help = "of the new head",
                 .value = "N",
                 .range = Range{2, 65536},
                 .usual = "a file's own, else 10"});
    planned.recipe.describe(options);
    thaw::describe(engine, options);
  }

  /// Of an architecture alone there is nothing to show of the weights.
  Functional from_file() const {
    LoadOptions options = form.load_options();
    options.weights = "none";
    options.lambdas = planned.base.lambdas;
    return load_model(model, options);
  }

  Exit run() override {
    const Functional whole = names_a_file(model) ? from_file() : network(model);
    std::optional<PlanReport> report;
    if (plan) {
      Engine runs_on(bounded_threads(engine));
      Progress progress;
      planned.base.base = model;
      planned.image_size = form.image_size;
      report = planned.run(runs_on, progress);
    }
    const auto division = division_of(whole);
    if (json) {
      Config result = model_config(whole);
      result.set("input", input_config(whole, form)).set("base", division ? division->told() : "");
      Config blocks{Config::List{}};
      if (division)
        for (const auto& [name, layers] : blocks_from_end(division->base()))
          blocks.append(Config(Config::Map{}).set("name", name).set("layers", layers));
      result.set("blocks", std::move(blocks));
      if (Config knows = none_of_these_config(whole); !knows.is_null())
        result.set("none_of_these", std::move(knows));
      if (report) result.set("plan", plan_config(*report));
      print_json_line(result);
      return Exit::done;
    }
    fmt::print("{}\n{}\n{}", printable(thaw::summary(whole)), input_in_words(whole, form),
               printable(outputs_in_words(whole)));
    fmt::print("{}", printable(none_of_these_in_words(whole)));
    if (const Config* imported = whole.metadata().find("imported");
        imported != nullptr && imported->is_string())
      fmt::print("Imported: {}\n", printable(imported->as_string()));
    if (division && !division->told().empty())
      fmt::print("As a base: {}\n{}", printable(division->told()),
                 printable(blocks_in_words(division->base())));
    if (report) fmt::print("\n{}", printable(plan_text(*report)));
    return Exit::done;
  }
};

}  // namespace

extern const Command summary;
const Command summary{
    .name = "summary",
    .what = "layers, shapes, parameters, what trains",
    .details =
        "With --plan it tells, before any image is read, how thaw fit would run with this model as "
        "its base, and measures what that takes here.",
    .example = "thaw summary mobilenet_v2 --plan",
    .make = &make_call<Summary>,
    .runs_networks = true};

}  // namespace thaw::app::commands
