#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace thaw {

/// The sizes of a tensor's axes, outermost first. In the graph a shape leaves out the batch axis,
/// so a 224×224 colour image is (224, 224, 3) everywhere.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : sizes_(sizes) {}
  explicit Shape(std::vector<int64_t> sizes) : sizes_(std::move(sizes)) {}

  int rank() const { return static_cast<int>(sizes_.size()); }
  /// Negative indices count from the end, as in Python.
  int64_t operator[](int axis) const {
    return sizes_[static_cast<size_t>(axis < 0 ? axis + rank() : axis)];
  }
  int64_t last() const { return (*this)[-1]; }
  std::span<const int64_t> sizes() const { return sizes_; }

  /// Product of all sizes. Throws Error when a size is negative or the product passes 2^48,
  /// so that a size read from a file can never overflow an allocation.
  int64_t elements() const;

  Shape with_last(int64_t size) const;
  /// This shape with `size` put before its first axis: a sample's shape to a batch's.
  Shape with_batch(int64_t size) const;
  /// This shape without its first axis.
  Shape without_batch() const;

  /// As Keras prints it: "(224, 224, 3)", "(6,)", "()".
  std::string to_string() const;
  bool operator==(const Shape&) const = default;

 private:
  std::vector<int64_t> sizes_;
};

}  // namespace thaw
