#pragma once

#include <memory>
#include <span>

#include "thaw/core/shape.h"

namespace thaw {

/// A dense row-major float32 array, channels last. Copies, reshaped() and rows() share its storage,
/// which lives as long as the last of them: writing to one changes the others. clone() makes
/// storage of its own.
class Tensor {
 public:
  /// Without values or storage: empty().
  Tensor() = default;
  /// Uninitialized values, 64-byte aligned. Throws Error when a size is negative, or when there are
  /// more than 2^48 elements or than memory holds.
  explicit Tensor(Shape shape);
  static Tensor zeros(Shape shape) { return full(std::move(shape), 0.0F); }
  static Tensor full(Shape shape, float value);
  /// A copy of `values`, row by row. Throws Error unless there are shape.elements() of them.
  static Tensor from(Shape shape, std::span<const float> values);

  const Shape& shape() const { return shape_; }
  /// The number of values: shape().elements(), but 0 for a default Tensor.
  int64_t elements() const { return elements_; }
  bool empty() const { return elements_ == 0; }
  /// All values in row-major order: of shape (h, w, c), value (y, x, k) is number (y·w + x)·c + k.
  std::span<float> values() { return {data_.get(), static_cast<size_t>(elements_)}; }
  std::span<const float> values() const { return {data_.get(), static_cast<size_t>(elements_)}; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }

  Tensor clone() const;
  /// The same values under another shape, [2, 3] as [6]. Throws Error unless it has as many
  /// elements.
  Tensor reshaped(Shape shape) const;
  /// Rows first … first + count − 1 along the first axis: [n, …] → [count, …]. Throws UsageError
  /// unless the tensor has these rows.
  Tensor rows(int64_t first, int64_t count) const;

 private:
  Shape shape_;
  int64_t elements_ = 0;
  std::shared_ptr<float> data_;
};

}  // namespace thaw
