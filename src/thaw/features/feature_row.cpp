#include "thaw/features/feature_row.h"

#include <algorithm>

namespace thaw {

void gather_row(std::span<const Tensor> tensors, int64_t index, std::span<float> row) {
  for (const Tensor& tensor : tensors) {
    const Tensor from = tensor.rows(index, 1);
    std::ranges::copy(from.values(), row.begin());
    row = row.subspan(from.values().size());
  }
}

void scatter_row(std::span<const float> row, int64_t index, std::span<Tensor> tensors) {
  for (Tensor& tensor : tensors) {
    Tensor to = tensor.rows(index, 1);
    std::ranges::copy(row.first(to.values().size()), to.data());
    row = row.subspan(to.values().size());
  }
}

}  // namespace thaw
