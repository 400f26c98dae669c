#include "thaw/formats/import/folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/strides.h"

namespace thaw::foreign::folding {
namespace {

/// The elements of x under these strides, as an array of `shape`.
Array strided(const Array& x, const Shape& shape, const Sizes& strides, int64_t first = 0) {
  if (x.is_integer()) {
    const Sizes from = x.integers();
    Sizes result;
    result.reserve(static_cast<size_t>(shape.elements()));
    walk(shape, strides,
         [&](int64_t place) { result.push_back(from[static_cast<size_t>(first + place)]); });
    return {shape, std::move(result)};
  }
  const Tensor from = x.floats();
  Tensor result(shape);
  float* to = result.data();
  walk(shape, strides, [&](int64_t place) { *to++ = from.data()[first + place]; });
  return Array(std::move(result));
}

}  // namespace

Shape broadcast(const Shape& a, const Shape& b) {
  Sizes result(static_cast<size_t>(std::max(a.rank(), b.rank())), 1);
  for (int from_end = 1; from_end <= static_cast<int>(result.size()); ++from_end) {
    const int64_t first = from_end <= a.rank() ? a[-from_end] : 1;
    const int64_t second = from_end <= b.rank() ? b[-from_end] : 1;
    if (first != second && first != 1 && second != 1) {
      throw Error(fmt::format(
          "expected shapes of which one can be repeated to the other, received {} and {}",
          a.to_string(), b.to_string()));
    }
    result[result.size() - static_cast<size_t>(from_end)] = first == 1 ? second : first;
  }
  return Shape(std::move(result));
}

Array broadcast_to(const Array& x, const Shape& shape) {
  const Shape result = broadcast(x.shape(), shape);
  if (result == x.shape()) return x;
  (void)bounded(result);
  return strided(x, result, strides_in(x.shape(), result));
}

Array transpose(const Array& x, std::span<const int64_t> order) {
  if (static_cast<int>(order.size()) != x.shape().rank())
    throw Error(
        fmt::format("expected an order of {} axes, received {}", x.shape().rank(), order.size()));
  Sizes own(order.size(), 1);
  for (size_t axis = order.size(); axis-- > 1;)
    own[axis - 1] = own[axis] * x.shape()[static_cast<int>(axis)];
  Sizes sizes;
  Sizes strides;
  std::vector<bool> seen(order.size(), false);
  for (const int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<int64_t>(order.size()) || seen[static_cast<size_t>(axis)])
      throw Error("expected an order that names each axis once");
    seen[static_cast<size_t>(axis)] = true;
    sizes.push_back(x.shape()[static_cast<int>(axis)]);
    strides.push_back(own[static_cast<size_t>(axis)]);
  }
  return strided(x, Shape(std::move(sizes)), strides);
}

Array take(const Array& x, std::span<const int64_t> indices, int axis) {
  const Shape& shape = x.shape();
  Sizes sizes = sizes_of(shape);
  sizes[static_cast<size_t>(axis)] = static_cast<int64_t>(indices.size());
  const Shape result_shape{Sizes(sizes)};
  int64_t inner = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  int64_t outer = 1;
  for (int i = 0; i < axis; ++i) outer *= shape[i];
  const int64_t size = shape[axis];
  if (result_shape.elements() > x.elements()) (void)bounded(result_shape);
  const auto each = [&](auto&& copy) {
    for (int64_t o = 0; o < outer; ++o) {
      for (const int64_t index : indices) {
        if (index < 0 || index >= size)
          throw Error(fmt::format("expected places of 0 to {}, received {}", size - 1, index));
        copy((o * size + index) * inner);
      }
    }
  };
  if (x.is_integer()) {
    const Sizes from = x.integers();
    Sizes to;
    each([&](int64_t at) { to.insert(to.end(), from.begin() + at, from.begin() + at + inner); });
    return {result_shape, std::move(to)};
  }
  const Tensor from = x.floats();
  Tensor to(result_shape);
  float* next = to.data();
  each([&](int64_t at) { next = std::copy_n(from.data() + at, inner, next); });
  return Array(std::move(to));
}

Array concatenate(std::span<const Array> parts, int axis) {
  if (parts.empty()) throw Error("expected at least one part, received none");
  const bool is_whole =
      std::ranges::all_of(parts, [](const Array& part) { return part.is_integer(); });
  Sizes sizes = sizes_of(parts[0].shape());
  sizes.at(static_cast<size_t>(axis)) = 0;
  int64_t inner = 1;
  int64_t outer = 1;
  for (int i = 0; i < static_cast<int>(sizes.size()); ++i)
    (i < axis ? outer : inner) *= i == axis ? 1 : sizes[static_cast<size_t>(i)];
  for (const Array& part : parts) {
    for (int i = 0; i < static_cast<int>(sizes.size()); ++i) {
      if (part.shape().rank() != static_cast<int>(sizes.size()) ||
          (i != axis && part.shape()[i] != sizes[static_cast<size_t>(i)]))
        throw Error(
            fmt::format("expected parts that differ along axis {} alone, received {} and {}", axis,
                        parts[0].shape().to_string(), part.shape().to_string()));
    }
    sizes[static_cast<size_t>(axis)] += part.shape()[axis];
  }
  const Shape shape{Sizes(sizes)};
  Sizes whole_result;
  Tensor result = is_whole ? Tensor() : Tensor(shape);
  float* next = result.data();
  for (int64_t o = 0; o < outer; ++o) {
    for (const Array& part : parts) {
      const int64_t length = part.shape()[axis] * inner;
      if (is_whole) {
        const Sizes from = part.integers();
        whole_result.insert(whole_result.end(), from.begin() + o * length,
                            from.begin() + (o + 1) * length);
      } else {
        const Tensor from = part.floats();
        next = std::copy_n(from.data() + o * length, length, next);
      }
    }
  }
  return is_whole ? Array(shape, std::move(whole_result)) : Array(std::move(result));
}

Array pad(const Array& x, std::span<const int64_t> before, std::span<const int64_t> after,
          double value) {
  Array result = x;
  for (int axis = 0; axis < x.shape().rank(); ++axis) {
    const int64_t front = before[static_cast<size_t>(axis)];
    const int64_t back = after[static_cast<size_t>(axis)];
    if (front < 0 || back < 0) throw Error("expected a border that is not negative");
    std::vector<Array> parts;
    const auto border = [&](int64_t size) {
      if (size == 0) return;
      Sizes sizes = sizes_of(result.shape());
      sizes[static_cast<size_t>(axis)] = size;
      const Shape shape = bounded(Shape(std::move(sizes)));
      if (x.is_integer()) {
        parts.emplace_back(
            shape, Sizes(static_cast<size_t>(shape.elements()), static_cast<int64_t>(value)));
      } else {
        parts.emplace_back(Tensor::full(shape, static_cast<float>(value)));
      }
    };
    border(front);
    parts.push_back(result);
    border(back);
    result = concatenate(parts, axis);
  }
  return result;
}

Array reduce(Fold how, const Array& x, std::span<const int> axes, bool keeps_axes) {
  const Shape& shape = x.shape();
  Sizes kept_sizes = sizes_of(shape);
  Sizes result_sizes;
  int64_t count = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool goes = std::ranges::find(axes, axis) != axes.end();
    if (goes) {
      count *= shape[axis];
      kept_sizes[static_cast<size_t>(axis)] = 1;
    }
    if (!goes || keeps_axes) result_sizes.push_back(goes ? 1 : shape[axis]);
  }
  const Shape kept{Sizes(kept_sizes)};
  const double start = how == Fold::product ? 1
                       : how == Fold::max   ? -std::numeric_limits<double>::infinity()
                       : how == Fold::min   ? std::numeric_limits<double>::infinity()
                                            : 0;
  std::vector<double> sums(static_cast<size_t>(kept.elements()), start);
  int64_t at = 0;
  walk(shape, strides_in(kept, shape), [&](int64_t place) {
    const double value = x.at(at++);
    double& sum = sums[static_cast<size_t>(place)];
    if (how == Fold::max || how == Fold::min)
      sum = how == Fold::max ? std::max(sum, value) : std::min(sum, value);
    else
      sum = how == Fold::product ? sum * value : sum + value;
  });
  if (how == Fold::mean)
    for (double& sum : sums) sum /= static_cast<double>(std::max<int64_t>(count, 1));
  const Shape result_shape{std::move(result_sizes)};
  if (x.is_integer() && how != Fold::mean) {
    Sizes whole_result;
    for (const double sum : sums) whole_result.push_back(static_cast<int64_t>(sum));
    return {result_shape, std::move(whole_result)};
  }
  Tensor result(result_shape);
  for (size_t i = 0; i < sums.size(); ++i) result.values()[i] = static_cast<float>(sums[i]);
  return Array(std::move(result));
}

std::vector<int64_t> places_of(int64_t size, int64_t begin, int64_t end, int64_t step) {
  if (step == 0) throw Error("expected a slice's step other than 0");
  step = std::clamp(step, -size - 1, size + 1);
  const auto place = [&](int64_t at, int64_t lowest, int64_t highest) {
    if (at < 0) at = at < -size ? -1 : at + size;
    return std::clamp(at, lowest, highest);
  };
  std::vector<int64_t> result;
  if (step > 0) {
    const int64_t stop = place(end, 0, size);
    for (int64_t at = place(begin, 0, size); at < stop; at += step) result.push_back(at);
  } else {
    const int64_t stop = place(end, -1, size - 1);
    for (int64_t at = place(begin, -1, size - 1); at > stop; at += step) result.push_back(at);
  }
  return result;
}

}  // namespace thaw::foreign::folding
