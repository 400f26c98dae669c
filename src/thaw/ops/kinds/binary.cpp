#include "thaw/ops/kinds/binary.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Binary::output_shape(std::span<const Shape> inputs) const {
  bool fits = inputs[0].rank() == inputs[1].rank();
  for (int axis = 0; fits && axis < inputs[0].rank(); ++axis)
    fits = inputs[1][axis] == inputs[0][axis] || inputs[1][axis] == 1;
  if (!fits) {
    throw Error(fmt::format("expected inputs of one shape, received {} and {}",
                            inputs[0].to_string(), inputs[1].to_string()));
  }
  return inputs[0];
}

std::string_view Binary::words(const Shape&) const {
  switch (kind) {
    case Kind::add:
      return "residual sum";
    case Kind::subtract:
      return "difference";
    case Kind::multiply:
      return "product";
    case Kind::maximum:
      return "maximum";
    case Kind::minimum:
      return "minimum";
  }
  return {};
}

}  // namespace thaw::ops
