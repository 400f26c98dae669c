#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace thaw {

/// The sizes of a tensor's axes, outermost first; of rank 0, the shape of a single value. In the
/// graph a shape leaves out the batch axis, so a 224×224 colour image is (224, 224, 3) everywhere.
/// Sizes are not checked here: elements() does that.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : sizes_(sizes) {}
  explicit Shape(std::vector<int64_t> sizes) : sizes_(std::move(sizes)) {}

  /// The number of axes.
  int rank() const { return static_cast<int>(sizes_.size()); }
  /// The size of an axis. A negative `axis` counts from the end, as in Python. Requires
  /// −rank ≤ axis < rank.
  int64_t operator[](int axis) const {
    assert(-rank() <= axis && axis < rank());
    return sizes_[static_cast<size_t>(axis < 0 ? axis + rank() : axis)];
  }
  /// The size of the last axis (channels, for an image). Requires rank ≥ 1.
  int64_t last() const { return (*this)[-1]; }
  std::span<const int64_t> sizes() const { return sizes_; }

  /// The product of all sizes, 1 for rank 0. Throws Error when a size is negative or the product
  /// passes 2^48, so that a size read from a file can never overflow an allocation.
  int64_t elements() const;

  /// This shape with `size` as its last axis. Requires rank ≥ 1.
  Shape with_last(int64_t size) const;
  /// (224, 224, 3) → (size, 224, 224, 3): the shape of `size` such tensors in a batch.
  Shape with_batch(int64_t size) const;
  /// (32, 224, 224, 3) → (224, 224, 3): the shape of one row of a batch. Requires rank ≥ 1.
  Shape without_batch() const;

  /// As Keras prints it: "(224, 224, 3)", "(6,)", "()".
  std::string to_string() const;
  bool operator==(const Shape&) const = default;

 private:
  std::vector<int64_t> sizes_;
};

}  // namespace thaw
