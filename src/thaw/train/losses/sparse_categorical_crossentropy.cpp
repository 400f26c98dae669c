#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_loss.h"

namespace thaw::loss_types {
namespace {

constexpr double epsilon = 1e-7;

/// −log softmax(x)[class], where x is log clip(y) for probabilities y.
struct SparseCategoricalCrossentropy {
  bool from_logits = false;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("from_logits", from_logits);
  }

  double run(const BatchResult& batch, std::span<float> gradient) const;
};

double SparseCategoricalCrossentropy::run(const BatchResult& batch,
                                          std::span<float> gradient) const {
  if (batch.target_columns != 1) {
    throw Error("sparse_categorical_crossentropy: expected one class number a target, received " +
                std::to_string(batch.target_columns) +
                " numbers; for vectors use "
                "categorical_crossentropy");
  }
  const bool logits = from_logits || batch.left_off == Activation::Kind::softmax;
  const auto n = static_cast<size_t>(batch.columns);
  double loss = 0;
  for (int64_t row = 0; row < batch.rows; ++row) {
    const float target = batch.targets[static_cast<size_t>(row)];
    if (!(target >= 0 && target < static_cast<float>(n))) {
      throw Error("sparse_categorical_crossentropy: expected a class number from 0 to " +
                  std::to_string(n - 1) + ", received " + std::to_string(target));
    }
    const auto y = batch.outputs.subspan(static_cast<size_t>(row) * n, n);
    const auto x = [&](size_t i) {
      return logits ? double{y[i]} : std::log(std::clamp(double{y[i]}, epsilon, 1 - epsilon));
    };
    double largest = x(0);
    for (size_t i = 1; i < n; ++i) largest = std::max(largest, x(i));
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += std::exp(x(i) - largest);
    const double log_sum = largest + std::log(sum);
    const auto chosen = static_cast<size_t>(target);
    loss += batch.weight(row) * (log_sum - x(chosen));
    if (gradient.empty()) continue;
    const double scale = batch.weight(row) / static_cast<double>(batch.rows);
    for (size_t i = 0; i < n; ++i) {
      double slope = std::exp(x(i) - log_sum) - (i == chosen ? 1.0 : 0.0);
      if (!logits) slope = y[i] < epsilon || y[i] > 1 - epsilon ? 0.0 : slope / y[i];
      gradient[static_cast<size_t>(row) * n + i] = static_cast<float>(scale * slope);
    }
  }
  return loss / static_cast<double>(batch.rows);
}

}  // namespace

extern const LossType sparse_categorical_crossentropy;
constinit const LossType sparse_categorical_crossentropy =
    describe_loss<SparseCategoricalCrossentropy>("sparse_categorical_crossentropy",
                                                 "SparseCategoricalCrossentropy",
                                                 {.logits_of = Activation::Kind::softmax,
                                                  .head = Activation::Kind::softmax,
                                                  .sparse_targets = true});

}  // namespace thaw::loss_types
