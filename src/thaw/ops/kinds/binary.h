#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"

namespace thaw::ops {

/// y = x₁ + x₂, x₁ − x₂, …; a size of 1 in x₂ is repeated. x₂ may be a weight or a constant, which
/// is the same for the whole batch.
struct Binary {
  enum class Kind { add, subtract, multiply, maximum, minimum };
  Kind kind = Kind::add;
  Activation activation;

  static constexpr const char* name = "Binary";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("activation", activation);
  }
  int input_count() const { return 2; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape& result) const;
};

}  // namespace thaw::ops
