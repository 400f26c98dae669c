#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_loss.h"

namespace thaw::loss_types {
namespace {

constexpr float epsilon = 1e-7F;

/// −Σ t·log softmax(x); gradient Σt·softmax(x) − t.
double of_logits(const float* x, const float* t, int64_t n, float scale, float* gradient,
                 float smooth) {
  const float largest = *std::max_element(x, x + n);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(double{x[i]} - largest);
  const double log_sum = std::log(sum);
  const auto target = [&](int64_t i) {
    return t[i] * (1 - smooth) + smooth / static_cast<float>(n);
  };
  double loss = 0;
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    loss -= target(i) * (x[i] - largest - log_sum);
    total += target(i);
  }
  if (gradient != nullptr) {
    for (int64_t i = 0; i < n; ++i) {
      const double p = std::exp(x[i] - largest - log_sum);
      gradient[i] = scale * static_cast<float>(total * p - target(i));
    }
  }
  return loss;
}

/// −Σ t·log clip(y/Σy).
double of_probabilities(const float* y, const float* t, int64_t n, float scale, float* gradient,
                        float smooth) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += y[i];
  double loss = 0;
  double mean = 0;  // Σ p·∂loss/∂p
  for (int pass = 0; pass < (gradient == nullptr ? 1 : 2); ++pass) {
    for (int64_t i = 0; i < n; ++i) {
      const double p = y[i] / sum;
      const double clipped = std::clamp(p, double{epsilon}, 1.0 - epsilon);
      const double target = t[i] * (1 - smooth) + smooth / static_cast<float>(n);
      const double slope = p == clipped ? -target / p : 0.0;
      if (pass == 0) {
        loss -= target * std::log(clipped);
        mean += slope * p;
      } else {
        gradient[i] = scale * static_cast<float>((slope - mean) / sum);
      }
    }
  }
  return loss;
}

struct CategoricalCrossentropy {
  bool from_logits = false;
  float label_smoothing = 0.0F;  ///< s: targets become t·(1 − s) + s/columns

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("from_logits", from_logits);
    visit("label_smoothing", label_smoothing);
  }

  double run(const BatchResult& batch, std::span<float> gradient) const;
};

double CategoricalCrossentropy::run(const BatchResult& batch, std::span<float> gradient) const {
  if (batch.target_columns != batch.columns) {
    throw Error("categorical_crossentropy: expected " + std::to_string(batch.columns) +
                " numbers a target, received " + std::to_string(batch.target_columns) +
                "; for class numbers use sparse_categorical_crossentropy");
  }
  const bool logits = from_logits || batch.left_off == Activation::Kind::softmax;
  double loss = 0;
  for (int64_t row = 0; row < batch.rows; ++row) {
    const int64_t at = row * batch.columns;
    const float scale = batch.weight(row) / static_cast<float>(batch.rows);
    loss += batch.weight(row) *
            (logits ? of_logits : of_probabilities)(
                batch.outputs.data() + at, batch.targets.data() + at, batch.columns, scale,
                gradient.empty() ? nullptr : gradient.data() + at, label_smoothing);
  }
  return loss / static_cast<double>(batch.rows);
}

}  // namespace

extern const LossType categorical_crossentropy;
constinit const LossType categorical_crossentropy = describe_loss<CategoricalCrossentropy>(
    "categorical_crossentropy", "CategoricalCrossentropy",
    {.logits_of = Activation::Kind::softmax, .head = Activation::Kind::softmax});

}  // namespace thaw::loss_types
