#include <fmt/format.h>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/command.h"
#include "thaw/app/interrupt.h"
#include "thaw/app/progress.h"
#include "thaw/app/run_talk.h"
#include "thaw/core/terminal_text.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/fit_task.h"

namespace thaw::app::commands {
namespace {

/// A fit on the terminal: it can be interrupted from where it begins to train.
class FitProgress : public Progress {
 public:
  explicit FitProgress(const FitTask& task) : task_(task) {}

  void on_fit_begin(const FitBegin& begin) override {
    fmt::print(stderr, "{} images to train on, {} to validate on, {} classes; base {} ({}×{})\n",
               begin.train_images, begin.validation_images, begin.classes,
               printable_name(begin.base), begin.width, begin.height);
    fmt::print(stderr, "classes and their images: {}\n", classes_text(begin.class_images));
    if (!begin.base_told.empty()) fmt::print(stderr, "base: {}\n", printable(begin.base_told));
    const std::string unfinished =
        unfinished_text("run", task_.out, task_.resume, begin.goes_on, begin.kept_aside);
    if (!unfinished.empty()) fmt::print(stderr, "{}\n", unfinished);
    if (!begin.augmentation.empty()) fmt::print(stderr, "{}\n", begin.augmentation);
    interrupt_.emplace();
  }

 private:
  const FitTask& task_;
  std::optional<Interrupt> interrupt_;
};

/// Of the epoch whose weights the model has.
std::string last_accuracy(const FitReport& report, KeptEpoch kept) {
  if (report.stages.empty() || report.stages.back().epochs.empty()) return "";
  const auto& epochs = report.stages.back().epochs;
  const size_t epoch =
      kept == KeptEpoch::best ? report.best_epoch().value_or(epochs.size() - 1) : epochs.size() - 1;
  const Logs& averaged = report.stages.back().averaged;
  const Logs& logs = averaged.empty() ? epochs[epoch].logs : averaged;
  for (const char* name : {"val_accuracy", "accuracy"}) {
    for (const auto& [key, value] : logs) {
      if (key == name)
        return fmt::format("{} {:.4f}, ", key == "accuracy" ? "accuracy" : "validation accuracy",
                           value);
    }
  }
  return "";
}

struct Fit final : Call {
  FitTask task;
  EngineOptions engine;

  void describe(OptionList& options) override {
    task.describe(options);
    thaw::describe(engine, options);
  }

  Exit run() override {
    Engine runs_on(bounded_threads(engine));
    task.stop = &Interrupt::stop();
    FitProgress progress(task);
    const FitReport report = task.run(runs_on, progress);
    if (const size_t count = report.left_out.size(); count > 0) {
      fmt::print(stderr, "thaw: {} broken image{} left out\n", count,
                 count == 1 ? " was" : "s were");
    }
    if (!report.feature_failure.empty()) {
      fmt::print(stderr, "thaw: the features are not kept for later runs: {}\n",
                 report.feature_failure);
    }
    if (!report.finished && !report.state_failure.empty()) {
      fmt::print(stderr, "interrupted; the state could not be kept: {}. {} was not written.\n",
                 report.state_failure, task.out.string());
      return Exit::interrupted;
    }
    if (!report.finished) {
      fmt::print(stderr,
                 "interrupted; the state is kept in {}.checkpoint: the same command with --resume "
                 "goes on from there. {} was not written.\n",
                 task.out.string(), task.out.string());
      return Exit::interrupted;
    }
    fmt::print("{}: {}{:.1f} s\n", printable_name(task.out.string()),
               last_accuracy(report, task.recipe.keep), report.seconds);
    return Exit::done;
  }
};

}  // namespace

extern const Command fit;
const Command fit{
    .name = "fit",
    .what = "the recipe: a new head on a pretrained base, then fine-tuning",
    .details =
        "IMAGES holds one folder of images a class; the folders' names become the classes' names. "
        "A pretrained base gets a new head for them. First the head alone is trained (feature "
        "extraction), then the base's last layers too (fine-tuning): of its network alone, "
        "whatever "
        "stands around that. Of a model file the base goes up to its network's last image, and the "
        "rest is its head, which is dropped; --keep-head goes on with it. What is frozen runs once "
        "an image. MODEL then holds all that thaw evaluate and thaw predict need, and Keras reads "
        "it too. Ctrl-C keeps the state beside it; --resume goes on.",
    .example = "thaw fit photos --out model.keras --base mobilenet_v2 --epochs 10",
    .make = &make_call<Fit>,
    .runs_networks = true};

}  // namespace thaw::app::commands
