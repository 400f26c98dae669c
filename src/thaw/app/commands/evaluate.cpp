#include <fmt/format.h>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/progress.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/evaluate_task.h"
#include "thaw/task/skipped_config.h"

namespace thaw::app::commands {
namespace {

double share(int64_t part, int64_t all) {
  return static_cast<double>(part) / static_cast<double>(all);
}

void print_json(const EvaluateReport& report) {
  Config result;
  result.set("images", report.images);
  for (const auto& [name, value] : report.logs) result.set(name, value);
  Config classes{Config::List{}};
  for (const std::string& name : report.classes) classes.append(name);
  result.set("classes", std::move(classes)).set("skipped", to_config(report.skipped));
  if (report.calibration_error) result.set("ece", *report.calibration_error);
  if (report.refused) {
    const RefusedImages& refused = *report.refused;
    Config none;
    none.set("images", refused.images).set("share", share(refused.images, report.images));
    if (refused.accepted > 0)
      none.set("accuracy_of_others", share(refused.correct, refused.accepted));
    result.set("none_of_these", std::move(none));
  }
  print_json_line(result);
}

void print_text(const EvaluateReport& report) {
  fmt::print("{} images", report.images);
  for (const auto& [name, value] : report.logs) fmt::print("  {} {:.4f}", name, value);
  fmt::print("\n");
  if (!report.refused) return;
  const RefusedImages& refused = *report.refused;
  fmt::print("{} of them ({:.1f} %) are taken for none of these", refused.images,
             100 * share(refused.images, report.images));
  if (refused.accepted > 0)
    fmt::print("; accuracy of the others {:.4f}", share(refused.correct, refused.accepted));
  fmt::print("\n");
}

struct Evaluate final : Call {
  EvaluateTask task;
  EngineOptions engine;
  bool json = false;

  void describe(OptionList& options) override {
    task.describe(options);
    options.add("json", json, {.help = "one JSON object on standard output"});
    describe_threads(engine, options);
  }

  Exit run() override {
    Engine runs_on(bounded_threads(engine));
    Progress progress;
    const EvaluateReport report = task.run(runs_on, progress);
    if (json) {
      print_json(report);
      return Exit::done;
    }
    print_text(report);
    return Exit::done;
  }
};

}  // namespace

extern const Command evaluate;
const Command evaluate{
    .name = "evaluate",
    .what = "loss and accuracy of a model on a folder of images",
    .details =
        "IMAGES holds one folder of images a class, named as the classes that the model was "
        "trained on; not all of them need to be there. Where nobody named the model's classes "
        "(--classes does), as many folders are taken in their order, which is said. Images that "
        "cannot be read are left out, by name. An accuracy at chance is told with what is likely "
        "wrong. With --json \"ece\" is the expected calibration error of its probabilities, in 15 "
        "bins. Of a model that knows images of none of its classes it is told how many of these it "
        "takes for such; loss and accuracy are of all.",
    .example = "thaw evaluate model.keras new_photos --metrics accuracy",
    .make = &make_call<Evaluate>,
    .runs_networks = true};

}  // namespace thaw::app::commands
