#include "thaw/task/climb_figures.h"

#include "thaw/core/any_number.h"
#include "thaw/task/climb_words.h"
#include "thaw/task/skipped_config.h"

namespace thaw {
namespace {

Config interval_config(const Interval& interval) {
  Config result{Config::List{}};
  return result.append(interval.low).append(interval.high);
}

Config candidate_config(const HeadCandidate& candidate) {
  Config result;
  return result.set("name", candidate.name)
      .set("penalty", candidate.penalty)
      .set("temperature", candidate.temperature)
      .set("negative_log_likelihood", candidate.negative_log_likelihood)
      .set("accuracy", candidate.accuracy);
}

Config heads_config(const HeadChoice& heads) {
  Config result{Config::List{}};
  for (const HeadCandidate& candidate : heads.candidates)
    result.append(candidate_config(candidate));
  return result;
}

Config rung_config(const Rung& rung) {
  Config epochs{Config::List{}};
  for (const Logs& logs : rung.epochs) {
    Config row{Config::Map{}};
    for (const auto& [name, value] : logs) row.set(name, AnyNumber{value}.to_config());
    epochs.append(std::move(row));
  }
  Config result;
  return result.set("block", rung.name)
      .set("blocks", rung.blocks)
      .set("judged_images", rung.judged_images)
      .set("negative_log_likelihood_before", rung.negative_log_likelihood_before)
      .set("negative_log_likelihood", AnyNumber{rung.negative_log_likelihood}.to_config())
      .set("accuracy_before", rung.accuracy_before)
      .set("accuracy", rung.accuracy)
      .set("difference", rung.difference.difference)
      .set("difference_interval", interval_config(rung.difference.interval))
      .set("kept", rung.is_kept())
      .set("share", rung.share)
      .set("epochs", std::move(epochs))
      .set("seconds", rung.seconds);
}

Config curve_config(const LearningCurve& curve) {
  Config points{Config::List{}};
  for (const CurvePoint& point : curve.points) {
    Config row;
    points.append(row.set("share", point.share)
                      .set("images", point.images)
                      .set("accuracy", point.accuracy)
                      .set("standard_error", point.standard_error));
  }
  Config result;
  return result.set("points", std::move(points))
      .set("twice_images", curve.twice_images)
      .set("twice_accuracy", curve.twice_accuracy)
      .set("twice_interval", interval_config(curve.twice_interval));
}

Config class_config(const std::string& name, const ClassResult& result,
                    const std::vector<std::string>& names) {
  Config row;
  row.set("class", name).set("images", result.images).set("right", result.right);
  if (result.mistaken_for >= 0) {
    row.set("mistaken_for", names.at(static_cast<size_t>(result.mistaken_for)))
        .set("mistaken", result.mistaken);
  }
  return row;
}

}  // namespace

Config figures_of(const ClimbReport& report) {
  const ClimbResult& result = report.result;
  Config bases{Config::List{}};
  for (const ProbedBase& base : report.bases) {
    Config row;
    bases.append(row.set("base", base.base)
                     .set("image_size", base.size.to_text())
                     .set("negative_log_likelihood", base.negative_log_likelihood)
                     .set("accuracy", base.accuracy));
  }
  Config rungs{Config::List{}};
  for (const Rung& rung : result.rungs) rungs.append(rung_config(rung));
  Config classes{Config::List{}};
  for (size_t i = 0; i < report.classes.size() && i < result.by_class.size(); ++i)
    classes.append(class_config(report.classes[i], result.by_class[i], report.classes));
  Config validation;
  if (report.validation_right) {
    validation.set("images", report.validation_images)
        .set("accuracy", static_cast<double>(*report.validation_right) /
                             static_cast<double>(report.validation_images));
  }
  Config words{Config::List{}};
  for (std::string& line : climb_words(findings_of(report))) words.append(std::move(line));
  Config all;
  return all.set("base", report.base)
      .set("image_size", report.size.to_text())
      .set("bases", std::move(bases))
      .set("images", report.images)
      .set("heads", heads_config(result.heads))
      .set("rungs", std::move(rungs))
      .set("accuracy", result.accuracy)
      .set("accuracy_interval", interval_config(result.accuracy_interval))
      .set("kept_out_images", static_cast<int64_t>(result.kept_out.size()))
      .set("temperature", result.temperature)
      .set("calibration_error_before", result.calibration_error_before)
      .set("calibration_error", result.calibration_error)
      .set("learning_curve", curve_config(result.curve))
      .set("classes", std::move(classes))
      .set("validation", std::move(validation))
      .set("words", std::move(words))
      .set("seconds", report.seconds)
      .set("skipped", to_config(report.skipped))
      .set("settings", report.settings);
}

}  // namespace thaw
