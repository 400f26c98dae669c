#include "thaw/core/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "thaw/core/error.h"

namespace thaw {

int64_t Shape::elements() const {
  constexpr int64_t limit = int64_t{1} << 48;
  int64_t product = 1;
  for (const int64_t size : sizes_) {
    if (size < 0 || (size > 0 && product > limit / size)) {
      throw Error(
          fmt::format("expected a shape of at most 2^48 elements, received {}", to_string()));
    }
    product *= size;
  }
  return product;
}

Shape Shape::with_last(int64_t size) const {
  assert(rank() >= 1);
  Shape result = *this;
  result.sizes_.back() = size;
  return result;
}

Shape Shape::with_batch(int64_t size) const {
  Shape result = *this;
  result.sizes_.insert(result.sizes_.begin(), size);
  return result;
}

Shape Shape::without_batch() const {
  assert(rank() >= 1);
  return Shape(std::vector<int64_t>(sizes_.begin() + 1, sizes_.end()));
}

std::string Shape::to_string() const {
  return fmt::format("({}{})", fmt::join(sizes_, ", "), sizes_.size() == 1 ? "," : "");
}

}  // namespace thaw
