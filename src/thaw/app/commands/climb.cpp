#include <fmt/format.h>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/climb_progress.h"
#include "thaw/app/command.h"
#include "thaw/core/terminal_text.h"
#include "thaw/task/climb_task.h"
#include "thaw/task/climb_words.h"
#include "thaw/task/engine_settings.h"

namespace thaw::app::commands {
namespace {

struct Climb final : Call {
  ClimbTask task;
  EngineOptions engine;

  void describe(OptionList& options) override {
    task.describe(options);
    thaw::describe(engine, options);
  }

  Exit run() override {
    Engine runs_on(bounded_threads(engine));
    task.stop = &Interrupt::stop();
    ClimbProgress progress(task);
    const ClimbReport report = task.run(runs_on, progress);
    if (!report.feature_failure.empty()) {
      fmt::print(stderr, "thaw: the features are not kept for later runs: {}\n",
                 report.feature_failure);
    }
    const std::string out = task.out.string();
    if (!report.finished) {
      if (report.state_failure.empty()) {
        fmt::print(stderr,
                   "interrupted; the same command with --resume goes on. {} was not written.\n",
                   out);
      } else {
        fmt::print(stderr, "interrupted; the state could not be kept: {}. {} was not written.\n",
                   report.state_failure, out);
      }
      return Exit::interrupted;
    }
    for (const std::string& line : climb_words(findings_of(report)))
      fmt::print("{}\n", printable(line));
    std::string validated;
    if (report.validation_right) {
      validated = fmt::format("validation accuracy {:.4f}, ",
                              static_cast<double>(*report.validation_right) /
                                  static_cast<double>(report.validation_images));
    }
    fmt::print("{}: accuracy {:.4f} on images kept out, {}{:.1f} s\n", printable_name(out),
               report.result.accuracy, validated, report.seconds);
    return Exit::done;
  }
};

}  // namespace

extern const Command climb;
const Command climb{
    .name = "climb",
    .what = "the best model for your images: heads, bases, fine-tuning, chosen by what is kept out",
    .details =
        "IMAGES holds one folder of images a class, as for thaw fit. The base runs once over all "
        "images; what each of its blocks makes of them is kept. Heads are fitted to that until "
        "they converge and judged on images kept out, each fold in turn; the best is taken. Then "
        "the base's last blocks are fine-tuned, one more at a time, and each stays so only if that "
        "does better on images kept out. Of several bases (--base A,B) the one that suits best is "
        "taken. The "
        "result is an ordinary model whose probabilities are calibrated, and what came out is told "
        "in words. Ctrl-C keeps the state; --resume goes on.",
    .example = "thaw climb photos --out model.keras --budget 10m",
    .make = &make_call<Climb>,
    .runs_networks = true};

}  // namespace thaw::app::commands
