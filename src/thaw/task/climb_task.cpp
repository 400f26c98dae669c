#include "thaw/task/climb_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <map>
#include <memory>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/graph/network.h"
#include "thaw/task/climb_bases.h"
#include "thaw/task/climb_figures.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/memory_advice.h"
#include "thaw/task/none_of_these.h"
#include "thaw/task/option.h"
#include "thaw/task/resume_key.h"
#include "thaw/task/run_outputs.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

std::filesystem::path checkpoint_of(const ClimbTask& task) {
  return checkpoint_place(task.checkpoint, task.out);
}

/// Of each image a number that those of the same bytes share.
std::vector<int64_t> copies(const ImageDataset& images) {
  std::map<std::string, int64_t> first;
  std::vector<int64_t> result;
  for (int64_t i = 0; i < images.size(); ++i) {
    const std::string& content = images.content(i);
    result.push_back(content.empty() ? i : first.emplace(content, i).first->second);
  }
  return result;
}

/// One for each of the two views of an image.
std::vector<int64_t> each_twice(const std::vector<int64_t>& numbers) {
  std::vector<int64_t> result;
  for (const int64_t number : numbers) result.insert(result.end(), {number, number});
  return result;
}

/// The images of both, those for training first.
ImageFolder together(const FitData& data) {
  ImageFolder all = data.train;
  const ImageFolder& more = *data.validation;
  if (!all.weights.empty() || !more.weights.empty()) {
    all.weights.resize(all.files.size(), 1);
    all.weights.insert(all.weights.end(), more.weights.begin(), more.weights.end());
    all.weights.resize(all.files.size() + more.files.size(), 1);
  }
  all.files.insert(all.files.end(), more.files.begin(), more.files.end());
  all.labels.insert(all.labels.end(), more.labels.begin(), more.labels.end());
  return all;
}

/// Throws UsageError where what is to be put together at the end cannot be.
void check_use_all(const ClimbTask& task, const FitData& data) {
  if (!task.use_all || !data.validation || data.validation->contents == data.train.contents) return;
  throw UsageError(
      "--use-all: expected the images and those for validation to be in one place, received two "
      "sources: put them together, or leave --use-all out");
}

void add_validation(const Model& model, Engine& engine, const ImageDataset& images,
                    ClimbReport& report) {
  model.compile({.optimizer = make_optimizer("sgd", 0.0),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  int64_t right = 0;
  int64_t read = 0;
  (void)model.evaluate(
      engine, images,
      {.on_broken = [&](const std::string& reason) { report.left_out.push_back(reason); },
       .on_outputs =
           [&](int64_t sample, std::span<const float> outputs) {
             ++read;
             const auto best = std::ranges::max_element(outputs) - outputs.begin();
             right += best == images.label(sample) ? 1 : 0;
           }});
  report.validation_right = right;
  report.validation_images = read;
}

void tell_begin(const ClimbTask& task, const FitData& data, ClimbEvents& events) {
  std::error_code ignored;
  const auto checkpoint = checkpoint_of(task);
  ClimbBegin begin{.images = std::ssize(data.train.files),
                   .validation_images = data.validation ? std::ssize(data.validation->files) : 0};
  for (const std::string& name : data.train.class_names) begin.class_images.emplace_back(name, 0);
  for (const int64_t label : data.train.labels)
    ++begin.class_images[static_cast<size_t>(label)].second;
  begin.goes_on =
      task.resume && !checkpoint.empty() && std::filesystem::exists(checkpoint, ignored);
  if (!task.resume) begin.kept_aside = keep_aside(checkpoint);
  events.on_climb_begin(begin);
}

Config result_settings(ClimbTask task, EngineOptions engine) {
  OptionList options;
  task.describe(options);
  describe(engine, options);
  return options.result_settings();
}

CheckpointOptions checkpoint_options(const ClimbTask& task, Engine& engine, const FitData& data,
                                     const ClimbBase& candidate, const ClimbOptions& options,
                                     const Config& contents) {
  CheckpointOptions result = resume_key({.options = result_settings(task, engine.options()),
                                         .data = data,
                                         .base = candidate.base,
                                         .form = candidate.form,
                                         .class_weight = options.class_weight,
                                         .contents = contents});
  result.path = checkpoint_of(task);
  result.resume = task.resume;
  return result;
}

MemoryUse memory_use(const ImageOptions& images) {
  return {.batch = ClimbOptions{}.batch_size,
          .images = images,
          .advice = "try a smaller --image-size, or another --base"};
}

ClimbOptions options_of_run(const ClimbTask& task, Engine& engine, const FitData& data,
                            const ClimbBase& candidate, const ImageDataset& images,
                            ClimbEvents& events) {
  ClimbOptions options = climb_options(task, data, events);
  options.same = copies(images);
  options.unknown_rate = task.unknown_rate;
  if (checkpoint_of(task).empty()) return options;
  Config contents{Config::List{}};
  for (const std::string& entry : content_list(data.train, images)) contents.append(entry);
  options.checkpoint = checkpoint_options(task, engine, data, candidate, options, contents);
  return options;
}

/// What the base's weights take in the model's file.
int64_t weights_bytes(const Functional& base) {
  return base.count_parameters() * static_cast<int64_t>(sizeof(float));
}

/// Climbs from one base and writes the model.
void climb_from(const ClimbBase& candidate, const ClimbTask& task, Engine& engine,
                const FitData& data, const RunOutputs& outputs, Clock::time_point start,
                ClimbEvents& events, ClimbReport& report) {
  report.base = candidate.name;
  report.size = candidate.size();
  events.on_base(candidate.name, candidate.size());
  ImageDataset images(data.train, candidate.form);
  const auto limit = std::make_shared<BrokenLimit>(images.size(), task.source.allowed_broken);
  images.limit_broken(limit);
  images.remember_contents(engine.threads());
  if (!task.out.empty()) require_space(task.out, weights_bytes(candidate.base));
  ClimbOptions options = options_of_run(task, engine, data, candidate, images, events);
  if (task.budget) {
    options.has_time = [start, seconds = *task.budget] {
      return std::chrono::duration<double>(Clock::now() - start).count() < seconds;
    };
  }
  const auto flipped = mirrored(task, images);
  if (flipped != nullptr) options.same = each_twice(options.same);
  Climb climb(candidate.base, std::ssize(data.train.class_names), options);
  auto result =
      climb.run(engine, flipped != nullptr ? *flipped : static_cast<const Dataset&>(images));
  report.feature_failure = climb.feature_failure();
  report.state_failure = climb.state_failure();
  if (!result) return;
  report.result = std::move(*result);
  report.images = images.size() - std::ssize(report.result.dropped);
  report.left_out = report.result.dropped;
  if (data.validation)
    add_validation(climb.model(), engine, ImageDataset(*data.validation, candidate.form), report);
  if (data.validation && task.use_all) {
    const ImageDataset all(together(data), candidate.form);
    const auto all_flipped = report.result.views > 1 ? mirrored_of(all, task) : nullptr;
    if (!climb.refit(engine,
                     all_flipped != nullptr ? *all_flipped : static_cast<const Dataset&>(all),
                     report.result))
      return;
    report.images += report.validation_images;
  }
  report.model = climb.model();
  report.finished = true;
  keep_form(report.model, candidate.form, data.train.class_names, "categorical_crossentropy");
  if (climb.detector()) keep_unknown_detector(report.model, *climb.detector());
  report.skipped = data.skipped;
  add_damaged(*limit, data.broken, report.skipped);
  for (const std::string& reason : report.left_out) events.on_left_out(reason);
  outputs.save(report.model, [&climb] { return climb.save_state(); });
}

}  // namespace

double seconds_from(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, text.data() + text.size());
  const double scale = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (failure != std::errc() || !(number >= 0) || scale == 0) {
    throw UsageError("expected a time such as 90s, 10m or 1h, received \"" + text + "\"");
  }
  return number * scale;
}

namespace {

double rate_from(const std::string& text) {
  double rate = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (failure != std::errc() || end != text.data() + text.size() || !(rate > 0 && rate < 1))
    throw UsageError("expected a share above 0 and below 1, or none, received \"" + text + "\"");
  return rate;
}

std::string rate_to(const double& rate) { return fmt::format("{}", rate); }

std::optional<double> budget_from(const std::string& text) { return seconds_from(text); }

std::string budget_to(const std::optional<double>& budget) {
  return budget ? fmt::format("{}s", *budget) : "none";
}

/// What is tried, and by what it is judged.
void describe_trying(ClimbTask& of, OptionList& options) {
  options.add("sizes", of.sizes,
              {.help = "sizes of images to try with each base, as --image-size has them, separated "
                       "by commas",
               .value = "SIZES",
               .usual = "the base's own",
               .excludes = "image-size"});
  options.add("class-weight", of.class_weight,
              {.help = "how much the images of each class count: balanced, the fewer the more, or "
                       "a JSON file, as thaw fit has it",
               .value = "balanced|FILE",
               .usual = "all count the same",
               .completes = Completes::file});
  static constexpr std::pair<const char*, Mirrored> mirrorings[] = {
      {"auto", Mirrored::where_few}, {"always", Mirrored::always}, {"never", Mirrored::never}};
  options.add("mirrored", of.mirrored, mirrorings,
              {.help = "whether the mirror image of each is learned from too, if that does better "
                       "on images kept out; auto: it is tried with at most 600 images"});
  options.add("folds", of.folds,
              {.help = "in how many parts the images are kept out in turn, to choose by",
               .value = "N",
               .range = Range{2, 50}});
  options.add("most-blocks", of.most_blocks,
              {.help = "how many of the base's last blocks, as thaw summary lists them, are "
                       "fine-tuned at most (0: only heads are tried)",
               .value = "N",
               .range = Range{0, 1000}});
  options.add("epochs", of.epochs,
              {.help = "of each fit of these blocks",
               .value = "N",
               .range = Range{1, 1000000},
               .unset = "auto",
               .usual = "3 to 8, the fewer the more images there are"});
  options.add("learning-rate", of.learning_rate,
              {.help = "of these fits",
               .value = "RATE",
               .range = Range{0, std::numeric_limits<double>::infinity()}});
  options.add("budget", of.budget, &budget_from, &budget_to,
              {.help = "after this time no further block is begun: 90s, 10m, 1h",
               .value = "TIME",
               .usual = "no limit",
               .may_change = "what is done is not undone"});
}

}  // namespace

void ClimbTask::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, q, r, of_the_run, p,
                                stop_flag] = *this;
  source.describe(options);
  describe_out(out, options);
  base.describe(options);
  describe_trying(*this, options);
  options.add("unknown-rate", unknown_rate, &rate_from, &rate_to,
              {.help = "make the model know images of none of its classes (thaw predict then says "
                       "none of these), so that this share of those of its classes, 0.05 say, is "
                       "refused too",
               .value = "RATE",
               .unset = "none",
               .usual = "it does not know them"});
  options.add("use-all", use_all,
              {.help = "at the end, when all is chosen, learn from the images for validation too"});
  options.add("seed", seed,
              {.help = "of all that is random: folds, the order of images, a split", .value = "N"});
  form.describe(options);
  options.add("report", report,
              {.help = "a JSON file for all figures",
               .value = "FILE",
               .may_change = "it says where figures go",
               .completes = Completes::file});
  describe_cache(cache, options);
  options.add("resume", resume,
              {.help = "go on with a climb that was interrupted",
               .may_change = "it is what asks for the comparison"});
}

ClimbReport ClimbTask::run(Engine& engine, ClimbEvents& events) const {
  const auto start = Clock::now();
  const RunOutputs outputs({.out = out,
                            .figures = report,
                            .figures_option = "--report",
                            .checkpoint = checkpoint_of(*this),
                            .cache = cache});
  const FitData data = fit_data(source, seed);
  check_use_all(*this, data);
  for (const std::string& remark : data.remarks) events.on_remark(remark);
  if (const std::string remark = cache_remark(cache); !remark.empty()) events.on_remark(remark);
  tell_begin(*this, data, events);
  const std::vector<ClimbBase> bases = bases_of(*this, events);
  ClimbReport result{.model = Model(bases[0].base), .classes = data.train.class_names};
  const ImageOptions form_of_first = bases[0].form;
  with_memory_advice(memory_use(form_of_first), [&] {
    const auto best = best_of(bases, *this, engine, data, events, result.bases);
    if (best) climb_from(*best, *this, engine, data, outputs, start, events, result);
    return 0;
  });
  OptionList options;
  ClimbTask settings = *this;
  EngineOptions engine_settings = engine.options();
  settings.describe(options);
  thaw::describe(engine_settings, options);
  result.settings = options.values();
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (result.finished && !report.empty())
    write_file(report, write_json(figures_of(result), 1) + "\n");
  return result;
}

ClimbReport ClimbTask::run(Engine& engine) const {
  ClimbEvents silent;
  return run(engine, silent);
}

}  // namespace thaw
