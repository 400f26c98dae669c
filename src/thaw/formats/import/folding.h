#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "thaw/formats/import/array.h"

/// What is known before a graph runs, computed as numpy computes it. Whole numbers stay whole. All
/// throw Error for what does not fit.
namespace thaw::foreign::folding {

/// The result of both sizes under numpy's rules: equal, or one of them 1.
Shape broadcast(const Shape& a, const Shape& b);
Array broadcast_to(const Array& x, const Shape& shape);

enum class Operation {
  add,
  subtract,
  multiply,
  divide,  ///< of whole numbers: towards 0
  maximum,
  minimum,
  power,
  equal,
  less,
  greater,
  logical_and,
  logical_or,
  floor_modulo
};
Array binary(Operation how, const Array& a, const Array& b);
/// 1 where a number is 0, and 0 elsewhere.
Array opposite(const Array& truth);
/// Number by number; the result is of floats.
Array map(const Array& x, const std::function<double(double)>& function);
/// a·b over the last two axes; the others are equal, or b has none.
Array matmul(const Array& a, const Array& b);
/// An activation by Keras's name, or "sqrt", "exp" and the like; throws Error for another.
std::function<double(double)> function(std::string_view name);
Array where(const Array& condition, const Array& a, const Array& b);

Array transpose(const Array& x, std::span<const int64_t> order);
Array concatenate(std::span<const Array> parts, int axis);
/// The elements at `indices` along an axis, which may come in any order and repeat.
Array take(const Array& x, std::span<const int64_t> indices, int axis);
/// A border of one value.
Array pad(const Array& x, std::span<const int64_t> before, std::span<const int64_t> after,
          double value);

enum class Fold { sum, mean, product, max, min };
Array reduce(Fold how, const Array& x, std::span<const int> axes, bool keeps_axes);

/// Which places a slice begin:end:step of an axis takes, with Python's meaning of negative and too
/// large numbers.
std::vector<int64_t> places_of(int64_t size, int64_t begin, int64_t end, int64_t step);

}  // namespace thaw::foreign::folding
