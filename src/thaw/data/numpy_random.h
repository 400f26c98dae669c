#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace thaw {

/// numpy.random.RandomState, as far as Keras's split needs it: seeded by one 32-bit integer
/// (Matsumoto and Nishimura 1998, init_genrand, which std::mt19937 is), with NumPy's legacy
/// shuffle.
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed) : generator_(seed) {}

  /// Uniform in [0, last], by masking and rejection. Requires last < 2^32.
  uint32_t interval(uint32_t last) {
    if (last == 0) return 0;
    const uint32_t mask = ~uint32_t{0} >> std::countl_zero(last);
    uint32_t value = next() & mask;
    while (value > last) value = next() & mask;
    return value;
  }

  template <typename Value>
  void shuffle(std::vector<Value>& values) {
    for (size_t i = values.size(); i-- > 1;)
      std::swap(values[i], values[interval(static_cast<uint32_t>(i))]);
  }

 private:
  uint32_t next() { return static_cast<uint32_t>(generator_()); }

  std::mt19937 generator_;
};

}  // namespace thaw
