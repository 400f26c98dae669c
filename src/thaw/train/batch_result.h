#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "thaw/ops/activation.h"

namespace thaw {

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

  float weight(int64_t row) const {
    return weights.empty() ? 1.0F : weights[static_cast<size_t>(row)];
  }
  /// How far a row is of a class, 0 to 1: from a vector, or from a class number, which is of its
  /// own class alone. Throws Error, with `who` before it, when targets do not fit the outputs.
  float target(int64_t row, int64_t column, const char* who) const;
  /// The class of a row: where its vector is largest, or its class number; of one column, 0 or 1.
  int64_t target_class(int64_t row, const char* who) const;
  /// The class that the model gives a row: of the largest output; of one column, 1 above one half.
  int64_t output_class(int64_t row) const;
  /// What the model itself gives, [rows, columns]: outputs through the activation left off.
  std::vector<float> model_outputs() const;
};

}  // namespace thaw
