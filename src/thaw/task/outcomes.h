#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "thaw/heads/unknown_detector.h"
#include "thaw/task/outputs.h"

namespace thaw {

/// What a model that knows images of none of its classes makes of images of its classes.
struct RefusedImages {
  int64_t images = 0;    ///< that it says are none of these
  int64_t accepted = 0;  ///< all others
  int64_t correct = 0;   ///< of those, the ones given their own class
};

/// Gathers, image by image, what an evaluation says beside loss and metrics.
class Outcomes {
 public:
  Outcomes(OutputMeaning meaning, std::optional<UnknownDetector> detector)
      : meaning_(std::move(meaning)), detector_(std::move(detector)) {}

  bool wants_features() const { return detector_.has_value(); }
  /// One image's outputs as they are shown, after any softmax, and its class.
  void add_outputs(std::span<const float> outputs, int64_t label);
  /// What entered the last Dense for the image whose outputs were added last.
  void add_features(std::span<const float> features);

  /// expected_calibration_error(); none where outputs are no probabilities of classes of which one
  /// holds.
  std::optional<double> calibration_error() const;
  /// None without a detector.
  std::optional<RefusedImages> refused() const;

 private:
  OutputMeaning meaning_;
  std::optional<UnknownDetector> detector_;
  bool are_probabilities_ = true;
  std::vector<float> probabilities_;  ///< [images, classes]
  std::vector<int64_t> labels_;
  bool is_correct_ = false;  ///< of the image added last
  RefusedImages refused_;
};

}  // namespace thaw
