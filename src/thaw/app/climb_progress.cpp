#include "thaw/app/climb_progress.h"

#include <fmt/format.h>

#include <utility>

#include "thaw/app/run_talk.h"
#include "thaw/core/terminal_text.h"

namespace thaw::app {
namespace {

/// A row of the table.
std::string row(const std::string& what, double accuracy, double likelihood,
                const std::string& verdict) {
  return fmt::format("  {:<59}  {:>8.4f}  {:>6.4f}  {}", what, accuracy, likelihood, verdict);
}

}  // namespace

ClimbProgress::ClimbProgress(const ClimbTask& task) : task_(task) {}

bool ClimbProgress::on_download(int64_t received, int64_t total) {
  return line_.on_download(received, total);
}
void ClimbProgress::on_left_out(const std::string& reason) { line_.on_left_out(reason); }
void ClimbProgress::on_remark(const std::string& remark) { line_.on_remark(remark); }

void ClimbProgress::on_features(TrainingControl& control, int64_t done, int64_t total) {
  line_.on_features(control, done, total);
}

void ClimbProgress::on_epoch_begin(TrainingControl& control, int epoch) {
  epochs_ = control.epochs;
  if (epoch == 0) ++fits_;
}

void ClimbProgress::on_batch_end(TrainingControl&, const BatchProgress& progress) {
  line_.draw(fmt::format("  {}: fit {}, epoch {}/{}, {}/{}", doing_, fits_, progress.epoch + 1,
                         epochs_, progress.batch, progress.batches));
}

void ClimbProgress::on_climb_begin(const ClimbBegin& begin) {
  line_.keep(fmt::format("{} images of {} classes{}", begin.images, begin.class_images.size(),
                         begin.validation_images > 0
                             ? fmt::format("; {} more for validation, which nothing is chosen by",
                                           begin.validation_images)
                             : ""));
  line_.keep("classes and their images: " + classes_text(begin.class_images));
  const std::string unfinished =
      unfinished_text("climb", task_.out, task_.resume, begin.goes_on, begin.kept_aside);
  if (!unfinished.empty()) line_.keep(unfinished);
  interrupt_.emplace();
}

void ClimbProgress::on_probe(const std::string& base, const ImageSize& size) {
  if (doing_.empty())
    line_.keep(
        fmt::format("  {:<59}  {:>8}  {:>6}", "bases, on some of the images", "accuracy", "nll"));
  doing_ = fmt::format("{} ({})", base, size.to_text());
}

void ClimbProgress::on_probed(const ProbedBase& probed) {
  line_.keep(row(fmt::format("{} ({})", probed.base, probed.size.to_text()), probed.accuracy,
                 probed.negative_log_likelihood, ""));
}

void ClimbProgress::on_base(const std::string& base, const ImageSize& size) {
  line_.keep(fmt::format("base {} ({}x{})", printable_name(base), size.width, size.height));
}

void ClimbProgress::on_heads(const HeadChoice& heads) {
  line_.keep(fmt::format("  {:<59}  {:>8}  {:>6}   ({} folds kept out in turn)", "heads",
                         "accuracy", "nll", task_.folds));
  for (const HeadCandidate& candidate : heads.candidates) {
    line_.keep(row(candidate.name, candidate.accuracy, candidate.negative_log_likelihood,
                   candidate.name == heads.chosen.name ? "the best" : ""));
  }
}

void ClimbProgress::on_rung_begin(const Rung& rung) {
  if (!std::exchange(is_rung_begun_, true))
    line_.keep(fmt::format("  {:<59}  {:>8}  {:>6}", "blocks fine-tuned", "accuracy", "nll"));
  doing_ = fmt::format("{} and above", rung.name);
  fits_ = 0;
}

void ClimbProgress::on_rung(const Rung& rung) {
  const std::string verdict =
      rung.is_kept() ? fmt::format("kept{} ({:+.4f}, 95 %: {:+.4f} … {:+.4f})",
                                   rung.share < 1 ? fmt::format(" at {:g}", rung.share) : "",
                                   rung.difference.difference, rung.difference.interval.low,
                                   rung.difference.interval.high)
                     : "rolled back";
  line_.keep(row(fmt::format("{} and above", rung.name), rung.accuracy,
                 rung.negative_log_likelihood, verdict));
}

}  // namespace thaw::app
