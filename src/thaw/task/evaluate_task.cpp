#include "thaw/task/evaluate_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "thaw/core/error.h"
#include "thaw/data/source.h"
#include "thaw/data/split.h"
#include "thaw/task/class_folders.h"
#include "thaw/task/classifier.h"
#include "thaw/task/memory_advice.h"
#include "thaw/task/option.h"
#include "thaw/task/prediction_watch.h"
#include "thaw/task/recipe_settings.h"
#include "thaw/train/compile_config.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

/// The loss that the model was compiled with, of which options are kept; nothing where it is none
/// that thaw knows.
std::optional<Loss> compiled_loss(const Classifier& judged) {
  if (judged.loss.config.is_null()) return std::nullopt;
  Config compile(Config::Map{});
  compile.set("loss", judged.loss.config)
      .set("optimizer", Config(Config::Map{})
                            .set("class_name", "SGD")
                            .set("config", Config(Config::Map{}).set("learning_rate", 0.01)));
  try {
    std::vector<std::string> dropped;
    return compile_options_from(compile, dropped).loss;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// What fits the outputs, where no loss is known.
std::string loss_by_outputs(const Classifier& judged) {
  switch (judged.meaning.kind) {
    case OutputKind::value:
      return "mean_squared_error";
    case OutputKind::independent:
      return "binary_crossentropy";
    default:
      return judged.meaning.columns == 1 ? "binary_crossentropy" : "categorical_crossentropy";
  }
}

/// What thaw notes beside the graph, else what fits the outputs.
std::string own_or_by_outputs(const Classifier& judged) {
  const Config* noted = judged.model.metadata().find("loss");
  return noted != nullptr ? noted->as_string() : loss_by_outputs(judged);
}

/// Scores are taken for logits where no loss says otherwise: no other loss is one of theirs.
void take_for_logits(Classifier& judged) {
  OutputMeaning& meaning = judged.meaning;
  const bool one = meaning.columns == 1;
  meaning.kind = OutputKind::probabilities;
  meaning.applied = one ? Activation::Kind::sigmoid : Activation::Kind::softmax;
  meaning.threshold = 0.5F;
  judged.model = with_activation(judged.model, meaning);
}

/// The loss to measure: the model's own, else that of its outputs, which is said. Where an
/// activation was put behind the model, the loss is that of probabilities.
Loss usual_loss(Classifier& judged, const std::function<void(const std::string&)>& remark) {
  if (auto own = compiled_loss(judged)) {
    Config::Map options;
    for (const auto& [key, value] : own->options.as_map())
      if (key != "from_logits" || judged.meaning.applied == Activation::Kind::linear)
        options.emplace_back(key, value);
    return Loss(own->name, std::move(options));
  }
  const bool is_unknown = !judged.loss.config.is_null();
  const std::string loss = is_unknown ? loss_by_outputs(judged) : own_or_by_outputs(judged);
  const bool scores = judged.meaning.kind == OutputKind::scores && !judged.meaning.told_by_values;
  const bool as_logits = scores && loss.ends_with("crossentropy");
  if (as_logits) take_for_logits(judged);
  if (is_unknown || as_logits) {
    remark(fmt::format(
        "{}; the loss shown is {}{}",
        is_unknown ? fmt::format("the model's loss {} is none that thaw measures", judged.loss.name)
                   : "the model's file does not say its loss",
        loss, as_logits ? " of the scores as logits" : ""));
  }
  return Loss(loss);
}

/// Where the images to judge by are: where `images` holds a folder alone and none of a class, that;
/// of a data set with parts those for testing, else for validation.
std::filesystem::path judged_source(const std::filesystem::path& images, const ClassNames& classes,
                                    const std::function<void(const std::string&)>& remark) {
  std::error_code failure;
  const auto is_class = [&](const std::string& name) {
    return std::filesystem::is_directory(images / name, failure);
  };
  if (std::ranges::any_of(classes.names, is_class)) return images;
  std::filesystem::path path = source_meant(images);
  if (path != images)
    remark(fmt::format("{} holds one folder alone: taking {}", images.string(), path.string()));
  const auto parts = source_parts(path);
  if (!parts || (parts->others.empty() && !parts->validation)) return path;
  std::filesystem::path part = parts->others.empty() ? *parts->validation : parts->others.front();
  remark(
      fmt::format("{} holds parts of a data set: evaluating on {}", path.string(), part.string()));
  return part;
}

/// The images to judge by.
ImageFolder listed_images(const EvaluateTask& task, const ClassNames& classes,
                          const std::function<void(const std::string&)>& remark) {
  const std::filesystem::path path = judged_source(task.images, classes, remark);
  ImageFolder listing = list_source(path, {.one_class = true});
  std::ranges::for_each(listing.remarks, remark);
  if (!task.images_per_class) return listing;
  constexpr uint64_t seed = 1;
  return listing.select(some_of_each_class(listing.labels, *task.images_per_class, seed));
}

}  // namespace

LoadOptions EvaluateTask::load_options() const {
  LoadOptions options = form.load_options();
  reading.add_to(options);
  return options;
}

void EvaluateTask::describe(OptionList& options) {
  options.add("model", model,
              {.help = "a model file",
               .value = "MODEL",
               .required = true,
               .positional = true,
               .completes = Completes::file});
  options.add(
      "images", images,
      {.help = "images in folders named after their classes, or another source that thaw fit takes",
       .value = "IMAGES",
       .required = true,
       .positional = true,
       .completes = Completes::file});
  options.add("images-per-class", images_per_class,
              {.help = "at most so many images of each class, always the same ones",
               .value = "N",
               .range = Range{1, 1e9},
               .unset = "all"});
  form.describe(options);
  describe_classes(classes, options);
  describe_output(output.name, options);
  output.describe(options);
  unknown.describe(options);
  reading.describe(options);
  options.add("loss", loss,
              {.help = "Keras's name; auto: the one that the model was trained with",
               .value = "NAME",
               .unset = "auto"});
  options.add("metrics", metrics,
              {.help = "what else is measured, separated by commas: of " + metric_names(),
               .value = "NAMES"});
  describe_allowed_broken(allowed_broken, options);
}

namespace {

/// Names the classes of which there are images and none could be read.
std::string unseen_classes(const ImageDataset& data, const std::set<int64_t>& seen) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < data.size(); ++i) {
    const std::string& name = data.class_names().at(static_cast<size_t>(data.label(i)));
    if (!seen.contains(data.label(i)) && std::ranges::find(names, name) == names.end())
      names.push_back(name);
  }
  if (names.empty()) return "";
  return fmt::format("no image could be read of {}: these figures say nothing of it",
                     listed(names));
}

/// Those who look on while a model is evaluated.
struct Looks {
  PredictionWatch watch;
  Outcomes outcomes;
  std::set<int64_t> classes = {};  ///< of which an image could be read

  EvaluateOptions on(const ImageDataset& data,
                     std::function<void(const std::string& reason)> on_broken) {
    EvaluateOptions options{
        .on_broken = std::move(on_broken),
        .on_outputs = [this, &data](int64_t sample, std::span<const float> outputs) {
          const int64_t label = data.label(sample);
          classes.insert(label);
          watch.add(outputs, label);
          outcomes.add_outputs(outputs, label);
        }};
    if (outcomes.wants_features())
      options.on_features = [this](int64_t, std::span<const float> features) {
        outcomes.add_features(features);
      };
    return options;
  }
};

}  // namespace

EvaluateReport EvaluateTask::run(Engine& engine, TaskEvents& events) const {
  check_metrics(metrics);
  const ModelFile content = read_model_file(model, load_options());
  const auto [options, why, of_form, is_doubtful] = find_form(content.model, form, model);
  Classifier judged = classifier_of(content, model, output, classes);
  const auto remark = [&events](const std::string& text) {
    if (!text.empty()) events.on_remark(text);
  };
  remark(of_form);
  std::ranges::for_each(judged.remarks, remark);
  auto detector = unknown.detector_of(judged.model);
  if (detector) remark(doubt_about_unknown(judged.model, options));
  const ImageFolder listing = listed_images(*this, judged.classes, remark);
  auto [folder, how_matched] =
      with_context(images.string(), [&] { return match_classes(listing, judged.classes); });
  remark(how_matched);
  EvaluateReport report{.images = std::ssize(folder.files),
                        .classes = judged.classes.names,
                        .skipped = listing.skipped};
  std::set<std::string> broken;
  find_broken(folder, broken, report.skipped);
  if (!report.skipped.empty()) remark("left out: " + in_words(report.skipped));
  check_broken(images, report.images, std::ssize(broken), allowed_broken, report.skipped);
  Loss measured = loss ? Loss(*loss) : usual_loss(judged, remark);
  const Model network(with_form(judged.model, options));
  ImageDataset data(std::move(folder), options);
  const auto limit = std::make_shared<BrokenLimit>(data.size(), allowed_broken);
  data.limit_broken(limit);
  network.compile({.optimizer = sgd({}), .loss = std::move(measured), .metrics = metrics});
  Looks looks{.watch = {judged.meaning, judged.classes.names},
              .outcomes = {judged.meaning, std::move(detector)}};
  const EvaluateOptions watched = looks.on(data, [&](const std::string& reason) {
    --report.images;
    events.on_left_out(reason);
  });
  const MemoryUse memory_use{.batch = engine.device().traits().micro_batch_samples,
                             .images = options,
                             .advice = "free memory, or try a smaller --image-size"};
  report.logs =
      with_memory_advice(memory_use, [&] { return network.evaluate(engine, data, watched); });
  report.calibration_error = looks.outcomes.calibration_error();
  report.refused = looks.outcomes.refused();
  add_damaged(*limit, broken, report.skipped);
  remark(unseen_classes(data, looks.classes));
  remark(looks.watch.doubt());
  return report;
}

EvaluateReport EvaluateTask::run(Engine& engine) const {
  TaskEvents silent;
  return run(engine, silent);
}

}  // namespace thaw
