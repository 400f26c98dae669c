#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw::foreign {

/// Numbers of a foreign graph that are known before it runs: weights as float32, and whole numbers
/// (shapes, axes, indices; true and false as 1 and 0) as int64. Row-major, of rank 0 for a single
/// number; no axis is left out. Copies and reshaped() share the floats' storage.
class Array {
 public:
  explicit Array(Tensor floats);
  /// Throws Error unless there are shape.elements() of them.
  Array(Shape shape, std::vector<int64_t> integers);
  /// Of rank 0.
  static Array scalar(float value);
  static Array scalar(int64_t value);
  /// Of rank 1.
  static Array list(std::vector<int64_t> integers);

  const Shape& shape() const { return shape_; }
  int64_t elements() const { return shape_.elements(); }
  bool is_integer() const { return std::holds_alternative<Integers>(values_); }

  /// The values as floats, converted where they are whole numbers; of shape().
  Tensor floats() const;
  /// The values as whole numbers. Throws Error for floats that are none.
  std::vector<int64_t> integers() const;
  /// The one value. Throws Error unless there is exactly one.
  double number() const;
  int64_t integer() const;
  /// Value `index` in row-major order, counted from 0.
  double at(int64_t index) const;

  /// The same values under another shape of as many elements; throws Error otherwise.
  Array reshaped(Shape shape) const;

 private:
  using Integers = std::vector<int64_t>;
  Shape shape_;
  std::variant<Tensor, Integers> values_;
};

}  // namespace thaw::foreign
