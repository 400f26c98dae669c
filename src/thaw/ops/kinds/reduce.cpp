#include "thaw/ops/kinds/reduce.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Reduce::output_shape(std::span<const Shape> inputs) const {
  const Shape& x = inputs[0];
  std::vector<int64_t> sizes(x.sizes().begin(), x.sizes().end());
  for (const int axis : axes) {
    if (axis < 0 || axis >= x.rank())
      throw Error(fmt::format("axis {} is not one of {}", axis, x.to_string()));
    sizes[static_cast<size_t>(axis)] = 1;
  }
  return Shape(std::move(sizes));
}

std::string_view Reduce::words(const Shape&) const {
  switch (kind) {
    case Kind::mean:
      return "mean along axes";
    case Kind::sum:
      return "sum along axes";
    case Kind::maximum:
      return "maximum along axes";
    case Kind::minimum:
      return "minimum along axes";
  }
  return {};
}

}  // namespace thaw::ops
