#include "thaw/ops/kinds/elementwise.h"

namespace thaw::ops {

std::string_view Elementwise::words(const Shape&) const {
  switch (kind) {
    case Kind::absolute:
      return "absolute value";
    case Kind::logarithm:
      return "logarithm";
    case Kind::power:
      return "power";
    case Kind::clip:
      return "clipping";
    case Kind::floor:
    case Kind::round:
      return "rounding";
    case Kind::sign:
      return "sign";
    case Kind::stop_gradient:
      return "end of gradients";
  }
  return {};
}

}  // namespace thaw::ops
