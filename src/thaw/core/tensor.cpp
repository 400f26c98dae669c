#include "thaw/core/tensor.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/memory.h"

namespace thaw {
namespace {

std::shared_ptr<float> make_storage(int64_t elements) {
  const std::shared_ptr<void> memory = allocate(static_cast<size_t>(elements) * sizeof(float));
  return {memory, static_cast<float*>(memory.get())};
}

}  // namespace

Tensor::Tensor(Shape shape)
    : shape_(std::move(shape)), elements_(shape_.elements()), data_(make_storage(elements_)) {}

Tensor Tensor::full(Shape shape, float value) {
  Tensor result(std::move(shape));
  std::ranges::fill(result.values(), value);
  return result;
}

Tensor Tensor::from(Shape shape, std::span<const float> values) {
  Tensor result(std::move(shape));
  if (static_cast<size_t>(result.elements_) != values.size()) {
    throw Error(fmt::format("expected {} values for shape {}, received {}", result.elements_,
                            result.shape_.to_string(), values.size()));
  }
  std::ranges::copy(values, result.data());
  return result;
}

Tensor Tensor::clone() const { return empty() ? *this : from(shape_, values()); }

Tensor Tensor::reshaped(Shape shape) const {
  if (shape.elements() != elements_) {
    throw Error(fmt::format("cannot reshape {} to {}: the number of elements differs",
                            shape_.to_string(), shape.to_string()));
  }
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

Tensor Tensor::rows(int64_t first, int64_t count) const {
  const int64_t available = shape_.rank() == 0 ? 0 : shape_[0];
  if (first < 0 || count < 0 || first > available || count > available - first) {
    throw UsageError(fmt::format("expected rows within the {} of shape {}, received {} from row {}",
                                 available, shape_.to_string(), count, first));
  }
  if (shape_.rank() == 0) return {};
  const Shape row = shape_.without_batch();
  Tensor result;
  result.shape_ = row.with_batch(count);
  result.elements_ = result.shape_.elements();
  result.data_ = {data_, data_.get() + first * row.elements()};
  return result;
}

}  // namespace thaw
