#include "thaw/task/prediction_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace thaw {
namespace {

constexpr int64_t enough_for_chance = 30;
constexpr int64_t enough_for_less = 12;
constexpr int64_t enough_for_sameness = 8;
constexpr double significance = 0.05;
constexpr double saturated = 0.99;
constexpr double certain = 1 - 1e-6;
constexpr float same = 0.005F;

}  // namespace

double chance_of_hits(int64_t tries, int64_t correct, double chance) {
  double sum = 0;
  const auto n = static_cast<double>(tries);
  for (int64_t hits = correct; hits <= tries; ++hits) {
    const auto k = static_cast<double>(hits);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                    k * std::log(chance) + (n - k) * std::log1p(-chance));
  }
  return std::min(sum, 1.0);
}

PredictionWatch::PredictionWatch(OutputMeaning meaning, std::vector<std::string> class_names)
    : meaning_(std::move(meaning)),
      names_(std::move(class_names)),
      predicted_(names_.size()),
      labelled_(names_.size()) {}

void PredictionWatch::add(std::span<const float> outputs, std::optional<int64_t> label) {
  if (outputs.empty() || meaning_.kind == OutputKind::value) return;
  if (images_++ == 0) {
    least_.assign(outputs.begin(), outputs.end());
    most_ = least_;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    least_[i] = std::min(least_[i], outputs[i]);
    most_[i] = std::max(most_[i], outputs[i]);
  }
  size_t chosen = 0;
  float top = outputs[0];
  if (outputs.size() == 1) {
    chosen = outputs[0] > meaning_.threshold.value_or(0.5F) ? 1 : 0;
    top = std::max(outputs[0], 1 - outputs[0]);
  } else {
    chosen = static_cast<size_t>(std::ranges::max_element(outputs) - outputs.begin());
    top = outputs[chosen];
  }
  least_certain_ = std::min(least_certain_, top);
  certainty_ += top;
  if (chosen < predicted_.size()) ++predicted_[chosen];
  if (!label) return;
  ++labelled_.at(static_cast<size_t>(*label));
  correct_ += static_cast<size_t>(*label) == chosen ? 1 : 0;
}

bool PredictionWatch::all_of_one_class() const {
  return std::ranges::find(predicted_, images_) != predicted_.end();
}

std::string PredictionWatch::doubt_of_labelled(const std::string& causes) const {
  const auto of_classes =
      std::ranges::count_if(labelled_, [](int64_t images) { return images > 0; });
  const double chance = 1 / static_cast<double>(names_.size());
  const double accuracy = static_cast<double>(correct_) / static_cast<double>(images_);
  const bool not_above = chance_of_hits(images_, correct_, chance) > significance;
  const bool at_or_below = accuracy <= chance;
  if ((images_ >= enough_for_chance && not_above) || (images_ >= enough_for_less && at_or_below)) {
    return fmt::format("the accuracy ({:.3f}) is no better than chance among {} classes: {}",
                       accuracy, names_.size(), causes);
  }
  const bool is_saturated = meaning_.kind == OutputKind::probabilities &&
                            certainty_ >= saturated * static_cast<double>(images_);
  if (images_ >= enough_for_sameness && of_classes > 1 && all_of_one_class() && is_saturated) {
    return fmt::format("all {} images are given one class with certainty: {}", images_, causes);
  }
  return "";
}

std::string PredictionWatch::doubt_of_outputs(const std::string& causes) const {
  if (meaning_.kind != OutputKind::probabilities || images_ < enough_for_sameness) return "";
  if (all_of_one_class() && least_certain_ >= certain) {
    return fmt::format("all {} images are given one class with certainty; unless that is true: {}",
                       images_, causes);
  }
  for (size_t i = 0; i < least_.size(); ++i)
    if (most_[i] - least_[i] > same) return "";
  if (least_certain_ >= saturated) return "";  // as sure of images of one class as it should be
  return fmt::format("all {} images get nearly the same probabilities: {}", images_, causes);
}

std::string PredictionWatch::doubt() const {
  if (images_ == 0) return "";
  const bool labelled = std::ranges::any_of(labelled_, [](int64_t images) { return images > 0; });
  const std::string fed =
      "the images are likely prepared otherwise than those it was trained on (--preprocessing, "
      "--image-size)";
  if (!labelled) return doubt_of_outputs(fed);
  return doubt_of_labelled(fed + ", or the classes stand in another order (--classes)");
}

}  // namespace thaw
