#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "thaw/app/augmentation.h"
#include "thaw/app/base_model.h"
#include "thaw/app/command.h"
#include "thaw/app/fit_data.h"
#include "thaw/app/fit_history.h"
#include "thaw/app/interrupt.h"
#include "thaw/app/picture_form.h"
#include "thaw/app/progress.h"
#include "thaw/app/recipe_flags.h"
#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"

namespace thaw::app::commands {
namespace {

struct Options {
  FitDataFlags data;
  PictureFlags pictures;
  BaseFlags base;
  RecipeFlags recipe;
  std::string out;
  uint64_t seed = 1;
  std::string history;
  std::string augment = "none";
  std::string cache = "auto";
  bool resume = false;
};

std::string weights_hash(const Functional& model) {
  std::string hashes;
  for (const VariablePtr& variable : model.variables())
    hashes += content_hash(std::as_bytes(variable->value().values()));
  return content_hash(std::as_bytes(std::span(hashes)));
}

/// All that the trained weights depend on, but for the number of threads.
Config settings(const Options& options, const Functional& base, const FitData& data,
                const ImageOptions& form) {
  Config result;
  result.set("--base", options.base.base)
      .set("base weights", weights_hash(base))
      .set("training images", identity(data.train))
      .set("validation images", data.validation ? identity(*data.validation) : "")
      .set("--image-size", fmt::format("{}x{}", form.size.height, form.size.width))
      .set("--preprocessing", std::string(form.preprocessing.name()))
      .set("--aspect-ratio", static_cast<int>(form.size.aspect_ratio))
      .set("--orientation", form.decode.apply_orientation)
      .set("--seed", static_cast<int64_t>(options.seed))
      .set("--batch-size", options.recipe.batch_size)
      .set("--epochs", options.recipe.epochs)
      .set("--learning-rate", options.recipe.learning_rate)
      .set("--unfreeze", options.recipe.unfreeze)
      .set("--fine-tune-epochs", options.recipe.fine_tune_epochs)
      .set("--fine-tune-learning-rate", options.recipe.fine_tune_learning_rate)
      .set("--optimizer", options.recipe.optimizer)
      .set("--loss", options.recipe.loss)
      .set("--precision", options.recipe.precision)
      .set("--augment", options.augment);
  return result;
}

RecipeOptions recipe_options(const Options& options, Progress& progress) {
  RecipeOptions result = recipe_options(options.recipe);
  result.seed = options.seed;
  result.cache = options.cache == "off" ? FeatureCache::off : FeatureCache::automatic;
  if (options.cache != "off") {
    FeatureFolderOptions folder;
    if (options.cache != "auto") folder.folder = options.cache;
    result.feature_folder = FeatureFolder(folder);
  }
  result.callbacks = {&progress};
  result.on_stage = [&progress](const StageReport& stage) { progress.begin_stage(stage); };
  result.stop = &Interrupt::stop();
  return result;
}

/// What can be known to fail is found before hours of training, not after.
void check_outputs(const Options& options) {
  if (!options.out.ends_with(".keras") &&
      (!options.out.ends_with(".h5") || options.out.ends_with(".weights.h5"))) {
    throw UsageError("--out: expected a file name that ends in .keras or .h5, received \"" +
                     options.out + "\"");
  }
  const AtomicFile can_be_written(options.out);
  if (!options.history.empty()) const AtomicFile so_can_this(options.history);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(options.cache, ignored)) {
    throw UsageError("--cache: expected auto, off or a folder, received the file \"" +
                     options.cache + "\"");
  }
}

std::string checkpoint_path(const Options& options) { return options.out + ".checkpoint"; }

void say_what_begins(const Options& options, const Functional& base, const FitData& data,
                     const ImageOptions& form) {
  fmt::print(stderr, "{} images to train on, {} to validate on, {} classes; base {} ({}×{})\n",
             data.train.files.size(), data.validation ? data.validation->files.size() : 0,
             data.train.class_names.size(), base.name(), form.size.width, form.size.height);
  const std::string checkpoint = checkpoint_path(options);
  std::error_code ignored;
  if (const bool found = std::filesystem::exists(checkpoint, ignored); options.resume && !found) {
    fmt::print(stderr, "no unfinished run ({}): starting from the beginning\n", checkpoint);
  } else if (found && !options.resume) {
    fmt::print(stderr, "{} holds an unfinished run, which this one replaces (--resume goes on)\n",
               checkpoint);
  }
}

void report_left_out(const Recipe& recipe) {
  size_t count = 0;
  for (const auto* dropped : {&recipe.dropped(), &recipe.validation_dropped()}) {
    count += dropped->size();
    for (const std::string& reason : *dropped) fmt::print(stderr, "thaw: skipped: {}\n", reason);
  }
  if (count > 0)
    fmt::print(stderr, "thaw: {} broken image{} left out\n", count, count == 1 ? " was" : "s were");
  if (const std::string reason = recipe.feature_failure(); !reason.empty())
    fmt::print(stderr, "thaw: the features are not kept for later runs: {}\n", reason);
}

std::string last_accuracy(const Recipe& recipe) {
  if (recipe.stages().empty() || recipe.stages().back().epochs.empty()) return "";
  const Logs& logs = recipe.stages().back().epochs.back().logs;
  for (const char* name : {"val_accuracy", "accuracy"}) {
    for (const auto& [key, value] : logs) {
      if (key == name)
        return fmt::format("{} {:.4f}, ", key == "accuracy" ? "accuracy" : "validation accuracy",
                           value);
    }
  }
  return "";
}

/// What was learned stays in the checkpoint until the model is there.
void save(const Options& options, const Recipe& recipe) {
  try {
    recipe.model().save(options.out);
  } catch (const Error& error) {
    recipe.save_checkpoint();
    throw Error(
        fmt::format("{}; what was learned is kept in {}: the same command with --resume "
                    "writes the model",
                    error.what(), checkpoint_path(options)));
  }
  std::error_code ignored;
  std::filesystem::remove(checkpoint_path(options), ignored);
}

Exit run(Options options) {
  const auto start = std::chrono::steady_clock::now();
  check_outputs(options);
  const Augmentation augmentation = Augmentation::parse(options.augment);
  Progress progress;
  RecipeOptions recipe_settings = recipe_options(options, progress);
  Engine engine(engine_options(options.recipe));
  const FitData data = fit_data(options.data, options.seed);
  options.base.image_size = options.pictures.image_size;
  options.base.seed = options.seed;
  options.base.on_download = [&](int64_t received, int64_t total) {
    return progress.on_download(received, total);
  };
  const Functional base = base_model(options.base);
  const ImageOptions form = picture_form(base, options.pictures);
  const ImageDataset pictures(data.train, form);
  const auto validation = data.validation
                              ? std::optional<ImageDataset>(std::in_place, *data.validation, form)
                              : std::nullopt;
  recipe_settings.checkpoint = CheckpointOptions{.path = checkpoint_path(options),
                                                 .settings = settings(options, base, data, form),
                                                 .resume = options.resume};
  say_what_begins(options, base, data, form);
  const std::vector<std::string>& classes = data.train.class_names;
  Recipe recipe(base, static_cast<int64_t>(classes.size()), recipe_settings);
  keep_form(recipe.model(), form, classes, recipe.loss());
  const auto augmented = augmentation.of(pictures, options.seed);
  if (augmented != nullptr) {
    fmt::print(stderr, "{}\n",
               augmentation.cost(pictures.size(), recipe.feature_row_bytes(),
                                 recipe_settings.cache == FeatureCache::automatic));
  }
  const Interrupt interrupt;
  const Dataset& train = augmented != nullptr ? *augmented : static_cast<const Dataset&>(pictures);
  const bool finished = recipe.run(engine, train, validation ? &*validation : nullptr);
  report_left_out(recipe);
  if (finished) save(options, recipe);
  const FitSummary summary{
      .classes = classes,
      .train_images = pictures.size() - std::ssize(recipe.dropped()),
      .validation_images =
          validation ? validation->size() - std::ssize(recipe.validation_dropped()) : 0,
      .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
  if (!options.history.empty()) write_history(options.history, summary, recipe);
  if (!finished) {
    fmt::print(stderr,
               "interrupted; the state is kept in {}: the same command with --resume goes on from "
               "there. {} was not written.\n",
               checkpoint_path(options), options.out);
    return Exit::interrupted;
  }
  fmt::print("{}: {}{:.1f} s\n", options.out, last_accuracy(recipe), summary.seconds);
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_data_flags(app, options->data);
  app.add_option("--out", options->out, "where the model goes: .keras or .h5")->required();
  app.add_option("--base", options->base.base,
                 "a network (thaw models; options as in mobilenet_v2@alpha=0.35), or a model file")
      ->capture_default_str();
  app.add_option("--weights", options->base.weights, "of the base: imagenet, none, or a file")
      ->capture_default_str();
  app.add_option("--seed", options->seed)->check(CLI::NonNegativeNumber)->capture_default_str();
  add_picture_flags(app, options->pictures);
  add_recipe_flags(app, options->recipe);
  app.add_option("--history", options->history, "a JSON file for the figures of every epoch");
  app.add_option("--augment", options->augment,
                 "views of each training picture: none; flip: its mirror image too; a number of "
                 "seeded ones (crop, flip, rotation, colour), kept like pictures; random: new ones "
                 "in every epoch, which keeps nothing")
      ->capture_default_str();
  app.add_option("--cache", options->cache,
                 "what frozen layers give, kept for all epochs and later runs: auto (see thaw "
                 "cache), off, or a folder")
      ->capture_default_str();
  app.add_flag("--resume", options->resume, "go on with a run that was interrupted");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command fit;
const Command fit{"fit", "the recipe: a new head on a pretrained base, then fine-tuning",
                  &configure, true};

}  // namespace thaw::app::commands
