#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "thaw/heads/head_choice.h"
#include "thaw/heads/intervals.h"
#include "thaw/heads/learning_curve.h"

namespace thaw {

struct ClimbReport;

/// What came out of a climb, as far as it is told in words.
struct ClimbFindings {
  /// One epoch of a fit, on average over the folds tried.
  struct Epoch {
    double accuracy = 0;           ///< of the images fitted to
    double kept_out_accuracy = 0;  ///< of those kept out
    double kept_out_loss = 0;
  };
  /// A fit of some blocks, beside what was there before.
  struct Step {
    std::string name;             ///< of the lowest block fitted
    PairedDifference difference;  ///< on images kept out
    double negative_log_likelihood_before = 0;
    double negative_log_likelihood = 0;
    bool is_kept = false;
    std::vector<Epoch> epochs;
  };

  std::vector<std::string> classes;
  int64_t images = 0;           ///< that were learned from
  int64_t kept_out_images = 0;  ///< that accuracy is of
  double accuracy = 0;
  Interval accuracy_interval;  ///< of 95 %
  double calibration_error_before = 0;
  double calibration_error = 0;
  std::vector<Step> steps;  ///< those tried, in their order
  LearningCurve curve;      ///< of heads on frozen features
  std::vector<ClassResult> by_class;
  int64_t left_out_images = 0;  ///< files that could not be used
  int64_t bases = 1;            ///< so many were tried
};

/// The findings of a finished climb.
ClimbFindings findings_of(const ClimbReport& report);

/// Short lines of plain English with their numbers: how good the model is; whether fine-tuning was
/// worth it over heads alone; whether it overfits; whether there are too few images; which classes
/// need some; whether its probabilities can be trusted; and last the one next step most likely to
/// help ("next: …"). What the images cannot tell is said so: a class stands out, a step gains, and
/// more images help only where the interval says so.
std::vector<std::string> climb_words(const ClimbFindings& findings);

}  // namespace thaw
