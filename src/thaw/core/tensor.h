#pragma once

#include <memory>
#include <span>

#include "thaw/core/shape.h"

namespace thaw {

/// A dense row-major float32 array, channels last. Copies share storage; clone() does not.
class Tensor {
 public:
  Tensor() = default;
  /// Uninitialized values, 64-byte aligned.
  explicit Tensor(Shape shape);
  static Tensor zeros(Shape shape) { return full(std::move(shape), 0.0F); }
  static Tensor full(Shape shape, float value);
  /// Copies `values`, whose count must be the shape's.
  static Tensor from(Shape shape, std::span<const float> values);

  const Shape& shape() const { return shape_; }
  int64_t elements() const { return elements_; }
  bool empty() const { return elements_ == 0; }
  std::span<float> values() { return {data_.get(), static_cast<size_t>(elements_)}; }
  std::span<const float> values() const { return {data_.get(), static_cast<size_t>(elements_)}; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }

  Tensor clone() const;
  /// The same storage under another shape of as many elements.
  Tensor reshaped(Shape shape) const;
  /// Rows [first, first + count) along the first axis, sharing storage.
  Tensor rows(int64_t first, int64_t count) const;

 private:
  Shape shape_;
  int64_t elements_ = 0;
  std::shared_ptr<float> data_;
};

}  // namespace thaw
