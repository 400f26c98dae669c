#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "thaw/ops/activation.h"

namespace thaw {

/// Options of every loss, as in Keras. label_smoothing s: targets become t·(1 − s) + s/classes
/// (binary: + s/2); other losses reject it.
struct LossOptions {
  float label_smoothing = 0.0F;
  bool from_logits = false;
};

/// One batch as losses and metrics see it, row by row.
struct BatchResult {
  std::span<const float> outputs;  ///< [rows, columns]
  std::span<const float>
      targets;  ///< [rows, target_columns]; one column of class numbers if sparse
  std::span<const float> weights;  ///< one a row; empty: 1 each
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t target_columns = 0;
  /// softmax or sigmoid: the outputs are logits, that activation was left off. Otherwise linear.
  Activation::Kind left_off = Activation::Kind::linear;
  LossOptions options = {};

  float weight(int64_t row) const {
    return weights.empty() ? 1.0F : weights[static_cast<size_t>(row)];
  }
};

/// One loss: a row of the table that CMake makes from the files of train/losses/.
struct LossType {
  std::string_view name;  ///< Keras's: "categorical_crossentropy"
  /// The last activation that this loss takes the logits of; linear: none.
  Activation::Kind logits_of = Activation::Kind::linear;
  /// Whether a target is a class number instead of a vector.
  bool sparse_targets = false;
  /// Σ weight·loss / rows; fills `gradient` [rows, columns], unless empty, with its gradient by the
  /// outputs. Throws Error when targets do not fit.
  double (*run)(const BatchResult& batch, std::span<float> gradient);
};

namespace loss_types {
/// Every loss there is.
std::span<const LossType* const> all();
/// Throws UsageError listing the known names.
const LossType& find(std::string_view name);
}  // namespace loss_types

/// A loss by name, with options: .loss = "categorical_crossentropy".
struct Loss {
  std::string name;
  LossOptions options = {};

  Loss() = default;
  Loss(const char* loss_name) : name(loss_name) {}
  Loss(std::string loss_name, LossOptions loss_options = {})
      : name(std::move(loss_name)), options(loss_options) {}
};

}  // namespace thaw
