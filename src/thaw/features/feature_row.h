#pragma once

#include <cstdint>
#include <span>

#include "thaw/core/tensor.h"

namespace thaw {

/// A sample's row of features holds its part of each tensor of a cut, side by side.

/// Copies row `index` of each tensor [rows, …] into `row`.
void gather_row(std::span<const Tensor> tensors, int64_t index, std::span<float> row);
/// Copies `row` into row `index` of each tensor [rows, …].
void scatter_row(std::span<const float> row, int64_t index, std::span<Tensor> tensors);

}  // namespace thaw
