#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"

namespace thaw::ops {

/// A batch handed in from outside.
struct Input {
  Shape shape;

  static constexpr const char* name = "Input";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("shape", shape);
  }
  int input_count() const { return 0; }
  Shape output_shape(std::span<const Shape>) const { return shape; }
  std::string_view words(const Shape&) const { return "input"; }
};

/// A layer's weight, under `shape` (as many elements as the variable has).
struct Weight {
  VariablePtr variable;
  Shape shape;
  bool trainable = false;

  static constexpr const char* name = "Weight";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("variable", variable);
    visit("shape", shape);
    visit("trainable", trainable);
  }
  int input_count() const { return 0; }
  Shape output_shape(std::span<const Shape>) const { return shape; }
  std::string_view words(const Shape&) const { return "weight"; }
};

/// A tensor known when the graph was made, such as a folded kernel. Has no batch axis.
struct Constant {
  Tensor value;

  static constexpr const char* name = "Constant";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value", value);
  }
  int input_count() const { return 0; }
  Shape output_shape(std::span<const Shape>) const { return value.shape(); }
  std::string_view words(const Shape&) const { return "constant"; }
};

}  // namespace thaw::ops
