#include "thaw/task/fit_task.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/graph/network.h"
#include "thaw/task/class_weight.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/fit_callbacks.h"
#include "thaw/task/fit_history.h"
#include "thaw/task/kept_head.h"
#include "thaw/task/memory_advice.h"
#include "thaw/task/option.h"
#include "thaw/task/resume_key.h"
#include "thaw/task/run_outputs.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

/// Where the state of the task's run is kept; empty: nowhere.
std::filesystem::path checkpoint_of(const FitTask& task) {
  return checkpoint_place(task.checkpoint, task.out);
}

/// The options that a result depends on and that are compared as they are.
Config result_settings(FitTask task, EngineOptions engine) {
  OptionList options;
  task.describe(options);
  describe(engine, options);
  return options.result_settings();
}

/// What is known of a task once its files are read.
struct Prepared {
  FitData data;
  Functional base;
  ImageOptions form;
  std::optional<KeptHead> kept = {};
  std::string told = {};  ///< told_base()
};

RecipeOptions recipe_options(const FitTask& task, const EngineOptions& engine,
                             const Prepared& prepared, const Config& contents,
                             std::span<const std::unique_ptr<Callback>> callbacks,
                             TaskEvents& events) {
  RecipeOptions result = task.recipe.recipe();
  result.seed = task.seed;
  result.cache = task.cache ? FeatureCache::automatic : FeatureCache::off;
  if (task.cache && !task.cache->folder.empty()) result.feature_folder = FeatureFolder(*task.cache);
  if (prepared.kept && !task.recipe.loss) result.loss = prepared.kept->loss;
  result.callbacks = {&events};
  for (const auto& callback : callbacks) result.callbacks.push_back(callback.get());
  result.class_weight = class_weight_of(task.recipe.class_weight, prepared.data.train);
  result.on_stage = [&events](const StageReport& stage) { events.on_stage(stage); };
  result.stop = task.stop;
  result.on_checkpoint_failure = [&events](const std::string& reason) {
    events.on_remark("the state to go on from cannot be kept, the run goes on without: " + reason);
  };
  if (const auto path = checkpoint_of(task); !path.empty()) {
    CheckpointOptions checkpoint = resume_key({.options = result_settings(task, engine),
                                               .data = prepared.data,
                                               .base = prepared.base,
                                               .form = prepared.form,
                                               .class_weight = result.class_weight,
                                               .contents = contents},
                                              result_settings({}, {}));
    checkpoint.path = path;
    checkpoint.resume = task.resume;
    result.checkpoint = std::move(checkpoint);
  }
  return result;
}

/// What the base is, where that is not just what was asked for.
std::string told_base(const FitTask& task, const LoadedBase& loaded) {
  if (loaded.division) return loaded.division->told(task.keep_head);
  if (task.base.base != default_base) return "";
  return fmt::format(
      "{}, the default; another: --base NAME (thaw models lists them) or --base FILE",
      default_base);
}

Prepared prepare(const FitTask& task, TaskEvents& events) {
  FitData data = fit_data(task.source, task.seed);
  for (const std::string& remark : data.remarks) events.on_remark(remark);
  if (const std::string remark = cache_remark(task.cache); !remark.empty())
    events.on_remark(remark);
  const LoadedBase loaded =
      load_base(task.base, {.image_size = task.form.image_size,
                            .seed = task.seed,
                            .on_download = [&events](int64_t received, int64_t total) {
                              return events.on_download(received, total);
                            }});
  std::optional<KeptHead> kept;
  if (task.keep_head && !task.recipe.head.empty()) {
    throw UsageError(
        "--head: expected a new head, received --keep-head too, which goes on with the model's "
        "own: "
        "leave one of them out");
  }
  if (task.keep_head) {
    kept = keep_head(task.base, loaded);
    data = with_classes_of(task.base, loaded, data, events);
  }
  auto [form, why, remark, is_doubtful] = find_form(loaded.base, task.form, loaded.file);
  if (!remark.empty()) events.on_remark(remark);
  return {std::move(data), loaded.base, form, std::move(kept), told_base(task, loaded)};
}

/// The job, for a new head or the one that is kept.
Recipe recipe_of(const FitTask& task, const EngineOptions& engine, const Prepared& prepared,
                 const Config& contents, std::span<const std::unique_ptr<Callback>> callbacks,
                 TaskEvents& events) {
  const auto& [data, base, form, kept, told] = prepared;
  RecipeOptions options = recipe_options(task, engine, prepared, contents, callbacks, events);
  return kept ? Recipe(base, kept->model, std::move(options))
              : Recipe(base, std::ssize(data.train.class_names), options);
}

/// Says so where a network has fewer layers than are fine-tuned by default.
void tell_small_network(const FitTask& task, const Recipe& job, TaskEvents& events) {
  const int64_t layers = std::ssize(counted_layers(job.network()));
  const Unfreeze& unfreeze = task.recipe.unfreeze;
  if (unfreeze.is_asked || *unfreeze.layers <= layers) return;
  events.on_remark(fmt::format("the network \"{}\" has {} layers: all of them are fine-tuned",
                               job.network().name(), layers));
}

std::vector<std::pair<std::string, int64_t>> images_by_class(const FitData& data) {
  std::vector<std::pair<std::string, int64_t>> result;
  for (const std::string& name : data.train.class_names) result.emplace_back(name, 0);
  for (const ImageFolder* folder : {&data.train, data.validation ? &*data.validation : nullptr}) {
    if (folder == nullptr) continue;
    for (const int64_t label : folder->labels) ++result[static_cast<size_t>(label)].second;
  }
  return result;
}

void tell_begin(const FitTask& task, const Prepared& prepared, std::string augmentation,
                TaskEvents& events) {
  const auto& [data, base, form, kept, told] = prepared;
  std::error_code ignored;
  const auto checkpoint = checkpoint_of(task);
  const bool found = !checkpoint.empty() && std::filesystem::exists(checkpoint, ignored);
  events.on_fit_begin(
      {.train_images = std::ssize(data.train.files),
       .validation_images = data.validation ? std::ssize(data.validation->files) : 0,
       .classes = std::ssize(data.train.class_names),
       .class_images = images_by_class(data),
       .base = network_of(base).name(),
       .base_told = told,
       .height = form.size.height,
       .width = form.size.width,
       .goes_on = found && task.resume,
       .kept_aside = task.resume ? "" : keep_aside(checkpoint),
       .augmentation = std::move(augmentation)});
}

Config all_settings(FitTask task, EngineOptions engine) {
  OptionList options;
  task.describe(options);
  describe(engine, options);
  return options.values();
}

FitReport report_of(const Recipe& recipe, const Prepared& prepared, const BrokenLimit& limit,
                    TaskEvents& events) {
  const auto& [data, base, form, kept, told] = prepared;
  const auto left = [](const ImageFolder& folder, const std::vector<std::string>& dropped) {
    return std::ssize(folder.files) - std::ssize(dropped);
  };
  FitReport report{.model = recipe.model(),
                   .classes = data.train.class_names,
                   .train_images = left(data.train, recipe.dropped()),
                   .validation_images =
                       data.validation ? left(*data.validation, recipe.validation_dropped()) : 0,
                   .stages = recipe.stages(),
                   .prefix_seconds = recipe.prefix_seconds(),
                   .left_out = recipe.dropped(),
                   .feature_failure = recipe.feature_failure()};
  const auto& more = recipe.validation_dropped();
  report.left_out.insert(report.left_out.end(), more.begin(), more.end());
  for (const std::string& reason : report.left_out) events.on_left_out(reason);
  report.skipped = data.skipped;
  add_damaged(limit, data.broken, report.skipped);
  return report;
}

/// What `run` gives; whatever ends it says what became of the learned.
bool trained(Recipe& job, const RunOutputs& outputs, const std::function<bool()>& run) {
  try {
    return run();
  } catch (const TooManyBroken& error) {
    throw Error(error.what());
  } catch (const NotFinite& error) {
    outputs.fail(job.epochs_done() > 0 ? &job.model() : nullptr, error);
  }
}

MemoryUse memory_use(const FitTask& task, const ImageOptions& images) {
  return {.batch = task.recipe.batch_size,
          .images = images,
          .advice = "try a smaller --batch-size or --image-size"};
}

void add_contents(ImageDataset& images, const ImageFolder& folder, Engine& engine,
                  Config& contents) {
  images.remember_contents(engine.threads());
  for (const std::string& entry : content_list(folder, images)) contents.append(entry);
}

/// Trains and writes the model: what follows once all is read.
FitReport run_prepared(const FitTask& task, Engine& engine, const Prepared& prepared,
                       const RunOutputs& outputs, TaskEvents& events) {
  const auto& [data, base_network, image_options, kept, told] = prepared;
  ImageDataset images(data.train, image_options);
  auto validation =
      data.validation ? std::optional<ImageDataset>(std::in_place, *data.validation, image_options)
                      : std::nullopt;
  const auto limit = std::make_shared<BrokenLimit>(
      images.size() + (validation ? validation->size() : 0), task.source.allowed_broken);
  images.limit_broken(limit);
  if (validation) validation->limit_broken(limit);
  Config contents{Config::List{}};
  if (!checkpoint_of(task).empty()) {
    add_contents(images, data.train, engine, contents);
    if (validation) add_contents(*validation, *data.validation, engine, contents);
  }
  const auto callbacks = callbacks_of(task.recipe, validation.has_value());
  Recipe job = recipe_of(task, engine.options(), prepared, contents, callbacks, events);
  tell_small_network(task, job, events);
  if (!task.out.empty()) {
    const int64_t bytes = job.model_bytes();
    require_space(task.out, bytes);
    job.leave_room(bytes);
  }
  keep_form(job.model(), image_options, data.train.class_names, job.loss());
  const auto augmented = task.augment.of(images, task.seed);
  tell_begin(task, prepared,
             augmented == nullptr ? ""
                                  : task.augment.cost(images.size(), job.feature_row_bytes(),
                                                      task.cache.has_value()),
             events);
  const Dataset& train = augmented != nullptr ? *augmented : static_cast<const Dataset&>(images);
  const bool finished = trained(
      job, outputs, [&] { return job.run(engine, train, validation ? &*validation : nullptr); });
  FitReport report = report_of(job, prepared, *limit, events);
  if (finished) outputs.save(job.model(), [&] { return job.save_checkpoint(); });
  report.finished = finished;
  if (!finished) report.state_failure = job.checkpoint_failure();
  if (finished) tell_best_epoch(task, report, events);
  return report;
}

}  // namespace

void FitTask::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, of_the_run, stop_flag] = *this;
  source.describe(options);
  describe_out(out, options);
  base.describe(options);
  options.add("keep-head", keep_head,
              {.help = "go on with the head of --base, a finished model of the same classes, "
                       "instead of a new one"});
  options.add("seed", seed,
              {.help = "of all that is random: the split, the head's first weights, the order of "
                       "images, augmentation, dropout",
               .value = "N"});
  form.describe(options);
  recipe.describe(options);
  options.add("history", history,
              {.help = "a JSON file for the figures of every epoch",
               .value = "FILE",
               .may_change = "it says where figures go",
               .completes = Completes::file});
  augment.describe(options);
  describe_cache(cache, options);
  options.add("resume", resume,
              {.help = "go on with a run that was interrupted",
               .may_change = "it is what asks for the comparison"});
}

FitReport FitTask::run(Engine& engine, TaskEvents& events) const {
  const auto start = Clock::now();
  const RunOutputs outputs({.out = out,
                            .figures = history,
                            .figures_option = "--history",
                            .checkpoint = checkpoint_of(*this),
                            .cache = cache});
  recipe.recipe();  // its names are checked before any image is listed
  const Prepared prepared = prepare(*this, events);
  FitReport report = with_memory_advice(memory_use(*this, prepared.form), [&] {
    return run_prepared(*this, engine, prepared, outputs, events);
  });
  report.settings = all_settings(*this, engine.options());
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (!history.empty()) write_file(history, write_json(history_of(report), 1) + "\n");
  return report;
}

FitReport FitTask::run(Engine& engine) const {
  TaskEvents silent;
  return run(engine, silent);
}

}  // namespace thaw
