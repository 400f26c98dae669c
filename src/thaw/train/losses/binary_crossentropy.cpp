#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_loss.h"

namespace thaw::loss_types {
namespace {

constexpr double epsilon = 1e-7;

/// −(t·log p + (1 − t)·log(1 − p)), averaged over the columns.
struct BinaryCrossentropy {
  bool from_logits = false;
  float label_smoothing = 0.0F;  ///< s: targets become t·(1 − s) + s/2

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("from_logits", from_logits);
    visit("label_smoothing", label_smoothing);
  }

  double run(const BatchResult& batch, std::span<float> gradient) const;
};

double BinaryCrossentropy::run(const BatchResult& batch, std::span<float> gradient) const {
  if (batch.target_columns != batch.columns) {
    throw Error("binary_crossentropy: expected " + std::to_string(batch.columns) +
                " numbers a target, received " + std::to_string(batch.target_columns));
  }
  const bool logits = from_logits || batch.left_off == Activation::Kind::sigmoid;
  const double smooth = label_smoothing;
  const double count = static_cast<double>(batch.rows) * static_cast<double>(batch.columns);
  double loss = 0;
  for (int64_t i = 0; i < batch.rows * batch.columns; ++i) {
    const auto at = static_cast<size_t>(i);
    const double weight = batch.weight(i / batch.columns);
    const double t = batch.targets[at] * (1 - smooth) + 0.5 * smooth;
    const double x = batch.outputs[at];
    double slope = 0;
    if (logits) {
      loss += weight * (std::max(x, 0.0) - x * t + std::log1p(std::exp(-std::abs(x))));
      slope = 1 / (1 + std::exp(-x)) - t;
    } else {
      const double p = std::clamp(x, epsilon, 1 - epsilon);
      loss -= weight * (t * std::log(p) + (1 - t) * std::log(1 - p));
      if (p == x) slope = (p - t) / (p * (1 - p));
    }
    if (!gradient.empty()) gradient[at] = static_cast<float>(weight * slope / count);
  }
  return loss / count;
}

}  // namespace

extern const LossType binary_crossentropy;
constinit const LossType binary_crossentropy =
    describe_loss<BinaryCrossentropy>("binary_crossentropy", "BinaryCrossentropy",
                                      {.logits_of = Activation::Kind::sigmoid,
                                       .head = Activation::Kind::softmax,
                                       .one_unit_for_two = true,
                                       .short_name = "bce"});

}  // namespace thaw::loss_types
