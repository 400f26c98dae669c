#include "thaw/task/climb_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "thaw/core/terminal_text.h"
#include "thaw/task/climb_task.h"

namespace thaw {
namespace {

/// Training images recognized by so much more than those kept out are a gap worth a word.
constexpr double wide_gap = 0.05;
/// A loss of images kept out that ends by so much above its least rises.
constexpr double rising = 1.05;
/// Gains in accuracy, of twice the images, that are worth collecting them, and that are not.
constexpr double worthwhile_gain = 0.015;
constexpr double small_gain = 0.005;
/// So few errors leave nothing to choose a next step by.
constexpr int64_t few_errors = 5;
/// Of classes that stand out at most so many are named.
constexpr size_t most_named = 3;

/// 0.8842 as "88.4 %"
std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// 0.0131 as "+1.3"
std::string points(double difference) { return fmt::format("{:+.1f}", 100 * difference); }

std::string counted(int64_t count, const std::string& thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string name_of(const ClimbFindings& findings, size_t label) {
  return label < findings.classes.size() ? printable_name(findings.classes[label])
                                         : fmt::format("class {}", label);
}

std::string result_line(const ClimbFindings& findings) {
  return fmt::format(
      "result: {} of {} kept out in turn were recognized; of new images of the same kind likely {} "
      "to {} (95 %)",
      percent(findings.accuracy), counted(findings.kept_out_images, "image"),
      percent(findings.accuracy_interval.low), percent(findings.accuracy_interval.high));
}

/// "9 gained, 4 lost, of 600: +0.8 points, 95 %: -0.4 to +2.0"
std::string difference_text(const PairedDifference& difference) {
  return fmt::format("{} gained, {} lost, of {}: {} points, 95 %: {} to {}", difference.gained,
                     difference.lost, difference.images, points(difference.difference),
                     points(difference.interval.low), points(difference.interval.high));
}

std::string fine_tuning_line(const ClimbFindings& findings) {
  if (findings.steps.empty())
    return "fine-tuning: not tried, so whether it is worth it over a head alone is not known";
  const auto kept =
      std::ranges::count_if(findings.steps, [](const auto& step) { return step.is_kept; });
  if (kept == 0) {
    const auto& best = *std::ranges::min_element(findings.steps, {}, [](const auto& step) {
      return step.negative_log_likelihood - step.negative_log_likelihood_before;
    });
    return fmt::format(
        "fine-tuning: not worth it over a head alone; the best try ({}) was rolled back ({})",
        printable_name(best.name), difference_text(best.difference));
  }
  const bool is_clear = std::ranges::any_of(findings.steps, [](const auto& step) {
    return step.is_kept && step.difference.interval.low > 0;
  });
  std::string line = is_clear
                         ? "fine-tuning: worth it over a head alone"
                         : "fine-tuning: kept, since probabilities of images kept out got better; "
                           "whether it recognizes more of them, so few images cannot tell";
  for (const auto& step : findings.steps) {
    if (!step.is_kept) continue;
    line += fmt::format("; {} and above: {}, negative log likelihood {:.3f} to {:.3f}",
                        printable_name(step.name), difference_text(step.difference),
                        step.negative_log_likelihood_before, step.negative_log_likelihood);
  }
  return line;
}

/// The fit that says most about overfitting: the last that was kept, else the last tried.
const ClimbFindings::Step* telling_step(const ClimbFindings& findings) {
  const ClimbFindings::Step* result = nullptr;
  for (const auto& step : findings.steps) {
    if (step.epochs.empty()) continue;
    if (result == nullptr || step.is_kept || !result->is_kept) result = &step;
  }
  return result;
}

std::string overfitting_line(const ClimbFindings& findings) {
  const ClimbFindings::Step* step = telling_step(findings);
  if (step == nullptr)
    return "overfitting: none from fine-tuning, since none was done; a head's penalty was chosen "
           "by "
           "images kept out";
  const auto& epochs = step->epochs;
  const auto& last = epochs.back();
  const auto best =
      std::ranges::min_element(epochs, {}, [](const auto& epoch) { return epoch.kept_out_loss; });
  const bool is_wide = last.accuracy - last.kept_out_accuracy > wide_gap;
  const bool is_rising = last.kept_out_loss > rising * best->kept_out_loss;
  const std::string gap = fmt::format(
      "fitting {} and above, images fitted to are recognized by {}, those kept out by "
      "{} after {}",
      printable_name(step->name), percent(last.accuracy), percent(last.kept_out_accuracy),
      counted(static_cast<int64_t>(epochs.size()), "epoch"));
  const std::string trend = fmt::format(
      "the loss of images kept out was least after epoch {} ({:.3f}) and ended at {:.3f}",
      best - epochs.begin() + 1, best->kept_out_loss, last.kept_out_loss);
  const std::string fate = step->is_kept ? "" : "; it was rolled back";
  if (is_rising) return fmt::format("overfitting: yes, and it grows: {}; {}{}", gap, trend, fate);
  if (is_wide)
    return fmt::format("overfitting: some, but it does no harm yet: {}; {}{}", gap, trend, fate);
  return fmt::format("overfitting: no: {}; {}{}", gap, trend, fate);
}

double likely_gain(const LearningCurve& curve) {
  return curve.twice_accuracy - curve.points.back().accuracy;
}

bool more_images_help(const LearningCurve& curve) {
  return !curve.points.empty() && likely_gain(curve) >= worthwhile_gain &&
         curve.twice_interval.low > curve.points.back().accuracy;
}

std::string data_line(const ClimbFindings& findings) {
  const LearningCurve& curve = findings.curve;
  if (curve.points.empty())
    return "data: whether there is too little is not known, since no learning curve was made";
  std::string line = "data: ";
  if (more_images_help(curve)) {
    line += "more images would likely help";
  } else if (likely_gain(curve) < small_gain) {
    line += "more images of the same kind would likely help little";
  } else {
    line += "more images may help a little, which these cannot tell for sure";
  }
  line += "; a head alone that learned from";
  for (const CurvePoint& point : curve.points)
    line +=
        fmt::format("{} {:.0f} images recognizes {}", &point == curve.points.data() ? "" : ", from",
                    point.images, percent(point.accuracy));
  return line + fmt::format("; {:.0f} would likely give {} (90 %: {} to {})", curve.twice_images,
                            percent(curve.twice_accuracy), percent(curve.twice_interval.low),
                            percent(curve.twice_interval.high));
}

double recall_of(const ClassResult& result) {
  return static_cast<double>(result.right) / static_cast<double>(result.images);
}

/// Classes whose share recognized is below that of all even at its interval's upper end, the worst
/// first.
std::vector<size_t> weak_classes(const ClimbFindings& findings) {
  std::vector<size_t> weak;
  for (size_t label = 0; label < findings.by_class.size(); ++label) {
    const ClassResult& result = findings.by_class[label];
    if (result.images > 0 && wilson_interval(result.right, result.images).high < findings.accuracy)
      weak.push_back(label);
  }
  std::ranges::stable_sort(weak, {},
                           [&](size_t label) { return recall_of(findings.by_class[label]); });
  return weak;
}

std::string class_line(const ClimbFindings& findings) {
  const std::vector<size_t> weak = weak_classes(findings);
  if (weak.empty())
    return "classes: none is recognized less often than the others by more than chance explains";
  std::string line = weak.size() == 1 ? "classes: one is recognized less often than the others"
                                      : "classes: some are recognized less often than the others";
  for (size_t i = 0; i < std::min(weak.size(), most_named); ++i) {
    const ClassResult& result = findings.by_class[weak[i]];
    line += fmt::format("; {}: {} of {} ({})", name_of(findings, weak[i]), result.right,
                        result.images, percent(recall_of(result)));
    if (result.mistaken_for >= 0)
      line += fmt::format(", taken for {} {}",
                          name_of(findings, static_cast<size_t>(result.mistaken_for)),
                          result.mistaken == 1 ? "once" : fmt::format("{} times", result.mistaken));
  }
  if (weak.size() > most_named) line += fmt::format("; and {} more", weak.size() - most_named);
  return line;
}

std::string calibration_line(const ClimbFindings& findings) {
  return fmt::format(
      "probabilities: they are off by {:.1f} points on average, {:.1f} before they were calibrated",
      100 * findings.calibration_error, 100 * findings.calibration_error_before);
}

int64_t errors_of(const ClimbFindings& findings) {
  int64_t errors = 0;
  for (const ClassResult& result : findings.by_class) errors += result.images - result.right;
  return errors;
}

/// The class whose images are mistaken for one other so often that this is a fifth of all errors.
std::optional<size_t> confused_class(const ClimbFindings& findings) {
  std::optional<size_t> most;
  for (size_t label = 0; label < findings.by_class.size(); ++label) {
    const int64_t mistaken = findings.by_class[label].mistaken;
    if (mistaken > (most ? findings.by_class[*most].mistaken : 0)) most = label;
  }
  if (most && 5 * findings.by_class[*most].mistaken >= errors_of(findings) &&
      findings.by_class[*most].mistaken >= few_errors)
    return most;
  return std::nullopt;
}

/// The weakest class that has fewer than three quarters of the images that classes have on average.
std::optional<size_t> small_weak_class(const ClimbFindings& findings) {
  int64_t all = 0;
  for (const ClassResult& result : findings.by_class) all += result.images;
  const double mean = static_cast<double>(all) / static_cast<double>(findings.by_class.size());
  for (const size_t label : weak_classes(findings)) {
    if (static_cast<double>(findings.by_class[label].images) < 0.75 * mean) return label;
  }
  return std::nullopt;
}

std::string other_step(const ClimbFindings& findings) {
  if (findings.bases == 1)
    return "next: try other bases or larger images (--base A,B or --sizes); more images of the "
           "same kind promise less";
  return "next: larger images (--sizes) or bases not tried yet; more images of the same kind "
         "promise less";
}

std::string next_line(const ClimbFindings& findings) {
  const int64_t errors = errors_of(findings);
  if (10 * findings.left_out_images > findings.images)
    return fmt::format("next: see why {} could not be used, beside {} that could",
                       counted(findings.left_out_images, "image"), findings.images);
  if (errors < few_errors)
    return fmt::format(
        "next: nothing that these images could tell: {} of {} {} mistaken; try it on new ones",
        errors == 0 ? "none" : std::to_string(errors), findings.kept_out_images,
        errors > 1 ? "were" : "was");
  if (const auto label = small_weak_class(findings)) {
    const ClassResult& result = findings.by_class[*label];
    return fmt::format(
        "next: more images of {}: it has {}, fewer than most, and is recognized least; as many "
        "again are most likely to help",
        name_of(findings, *label), result.images);
  }
  if (const auto label = confused_class(findings)) {
    const ClassResult& result = findings.by_class[*label];
    return fmt::format(
        "next: look at images of {} taken for {} ({} of {} errors): wrong labels, or classes that "
        "need more images or a clearer border",
        name_of(findings, *label), name_of(findings, static_cast<size_t>(result.mistaken_for)),
        result.mistaken, errors);
  }
  if (more_images_help(findings.curve))
    return fmt::format("next: more images of all classes: twice as many promise {} points",
                       points(likely_gain(findings.curve)));
  return other_step(findings);
}

}  // namespace

std::vector<std::string> climb_words(const ClimbFindings& findings) {
  std::vector<std::string> lines = {result_line(findings),      fine_tuning_line(findings),
                                    overfitting_line(findings), data_line(findings),
                                    class_line(findings),       calibration_line(findings)};
  if (findings.left_out_images > 0)
    lines.push_back(
        fmt::format("left out: {} could not be used", counted(findings.left_out_images, "image")));
  lines.push_back(next_line(findings));
  return lines;
}

ClimbFindings findings_of(const ClimbReport& report) {
  const ClimbResult& result = report.result;
  ClimbFindings findings{.classes = report.classes,
                         .images = report.images,
                         .kept_out_images = static_cast<int64_t>(result.kept_out.size()),
                         .accuracy = result.accuracy,
                         .accuracy_interval = result.accuracy_interval,
                         .calibration_error_before = result.calibration_error_before,
                         .calibration_error = result.calibration_error,
                         .steps = {},
                         .curve = result.curve,
                         .by_class = result.by_class,
                         .left_out_images = static_cast<int64_t>(report.left_out.size()),
                         .bases = std::max<int64_t>(1, static_cast<int64_t>(report.bases.size()))};
  for (const Rung& rung : result.rungs) {
    ClimbFindings::Step step{.name = rung.name,
                             .difference = rung.difference,
                             .negative_log_likelihood_before = rung.negative_log_likelihood_before,
                             .negative_log_likelihood = rung.negative_log_likelihood,
                             .is_kept = rung.is_kept(),
                             .epochs = {}};
    const History history{
        .epochs = {}, .logs = rung.epochs, .dropped = {}, .validation_dropped = {}};
    const auto accuracy = history.values("accuracy");
    const auto kept_out = history.values("val_accuracy");
    const auto loss = history.values("val_loss");
    for (size_t i = 0; i < std::min({accuracy.size(), kept_out.size(), loss.size()}); ++i)
      step.epochs.push_back(
          {.accuracy = accuracy[i], .kept_out_accuracy = kept_out[i], .kept_out_loss = loss[i]});
    findings.steps.push_back(std::move(step));
  }
  return findings;
}

}  // namespace thaw
