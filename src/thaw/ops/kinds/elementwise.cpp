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
  }
  return {};
}

}  // namespace thaw::ops
