#include "thaw/task/outcomes.h"

#include <algorithm>

#include "thaw/heads/calibration.h"

namespace thaw {

void Outcomes::add_outputs(std::span<const float> outputs, int64_t label) {
  const bool is_one = outputs.size() == 1;
  const int64_t chosen = is_one ? int64_t{outputs[0] > meaning_.threshold.value_or(0.5F)}
                                : std::ranges::max_element(outputs) - outputs.begin();
  is_correct_ = chosen == label;
  are_probabilities_ = are_probabilities_ && meaning_.kind_of(outputs) == OutputKind::probabilities;
  if (!are_probabilities_) return;
  if (is_one) probabilities_.push_back(1 - outputs[0]);
  probabilities_.insert(probabilities_.end(), outputs.begin(), outputs.end());
  labels_.push_back(label);
}

void Outcomes::add_features(std::span<const float> features) {
  if (detector_->is_unknown(detector_->score(features))) {
    ++refused_.images;
  } else {
    ++refused_.accepted;
    refused_.correct += is_correct_ ? 1 : 0;
  }
}

std::optional<double> Outcomes::calibration_error() const {
  if (!are_probabilities_ || labels_.empty()) return std::nullopt;
  const auto images = std::ssize(labels_);
  const Tensor rows = Tensor::from({images, std::ssize(probabilities_) / images}, probabilities_);
  return expected_calibration_error(rows, labels_);
}

std::optional<RefusedImages> Outcomes::refused() const {
  return detector_ ? std::optional(refused_) : std::nullopt;
}

}  // namespace thaw
