#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as
/// easy as 1, 2, 3"). The n-th number of (seed, stream) depends on nothing else, so a resumed run
/// continues where it was and threads need no shared state.
class Random {
 public:
  /// Begins at number 0 of a stream; streams of one seed are independent of each other.
  explicit Random(uint64_t seed, uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// The next 32 bits.
  uint32_t next();
  /// Uniform in [0, 1), 24 bits.
  float uniform() { return static_cast<float>(next() >> 8) * 0x1p-24F; }
  /// Uniform in [low, high), but for rounding.
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Normally distributed with mean 0 and deviation 1: √(−2 ln u)·cos(2πv) (Box and Muller 1958).
  float normal();
  /// Uniform in [0, bound), without bias. Requires bound > 0.
  uint32_t below(uint32_t bound);
  /// A uniformly random order of 0 … count−1 (Fisher and Yates).
  std::vector<int64_t> permutation(int64_t count);

 private:
  uint64_t seed_;
  uint64_t stream_;
  uint64_t counter_ = 0;
  int used_ = 4;
  std::array<uint32_t, 4> block_{};
};

/// A tensor of numbers from random.uniform(low, high), in row-major order.
Tensor uniform_tensor(const Shape& shape, float low, float high, Random random);

/// One block of Philox4x32-10: a pure function of key and counter.
std::array<uint32_t, 4> philox(std::array<uint32_t, 2> key, std::array<uint32_t, 4> counter);

/// A stream number made of two others that say what the numbers are for, say epoch and purpose:
/// random_stream(a, b) and random_stream(b, a) differ.
uint64_t random_stream(uint64_t a, uint64_t b);

}  // namespace thaw
