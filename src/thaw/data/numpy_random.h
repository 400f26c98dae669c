#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace thaw {

/// The part of numpy.random.RandomState that Keras's split uses: the Mersenne Twister (Matsumoto
/// and Nishimura 1998) seeded by one 32-bit integer, which is std::mt19937, and shuffle().
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed) : generator_(seed) {}

  /// Uniform in [0, last]: the low bits that `last` needs, drawn again while they are more than
  /// last.
  uint32_t interval(uint32_t last) {
    if (last == 0) return 0;
    const uint32_t mask = ~uint32_t{0} >> std::countl_zero(last);
    uint32_t value = next() & mask;
    while (value > last) value = next() & mask;
    return value;
  }

  /// NumPy's order: from the last place down, each value changes places with one at or before it.
  /// Requires at most 2^32 values.
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
