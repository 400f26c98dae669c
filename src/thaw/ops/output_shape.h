#pragma once

#include <span>
#include <string>

#include "thaw/core/error.h"
#include "thaw/core/shape.h"
#include "thaw/ops/input_count.h"

namespace thaw::ops {

/// Throws Error "expected … inputs, received …" unless there are `wanted`.
void expect_inputs(int wanted, size_t received);

/// The shape that one operation of kinds/ makes of its inputs' shapes; throws Error, under the
/// operation's name, when they do not fit. Example: output_shape(Pad2D{{1, 1, 1, 1}}, {&x, 1})
template <typename Operation>
requires requires { Operation::name; }
Shape output_shape(const Operation& op, std::span<const Shape> inputs) {
  return with_context(std::string(Operation::name), [&] {
    expect_inputs(op.input_count(), inputs.size());
    return op.output_shape(inputs);
  });
}

}  // namespace thaw::ops
