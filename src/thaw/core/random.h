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
  explicit Random(uint64_t seed, uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  uint32_t next();
  /// Uniform in [0, 1), 24 bits.
  float uniform() { return static_cast<float>(next() >> 8) * 0x1p-24F; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box and Muller).
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

/// The next numbers of `random`, uniform in [low, high), as a tensor.
Tensor uniform_tensor(const Shape& shape, float low, float high, Random random);

/// One block of Philox4x32-10: a pure function of key and counter.
std::array<uint32_t, 4> philox(std::array<uint32_t, 2> key, std::array<uint32_t, 4> counter);

/// A stream number from words that say what the numbers are for, e.g. {epoch, purpose}.
uint64_t random_stream(uint64_t a, uint64_t b);

}  // namespace thaw
