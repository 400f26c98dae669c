#include "thaw/core/random.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace thaw {

std::array<uint32_t, 4> philox(std::array<uint32_t, 2> key, std::array<uint32_t, 4> counter) {
  // Multipliers and Weyl increments of table 2 in the paper.
  constexpr uint64_t multiplier_0 = 0xD2511F53;
  constexpr uint64_t multiplier_1 = 0xCD9E8D57;
  constexpr uint32_t weyl_0 = 0x9E3779B9;
  constexpr uint32_t weyl_1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const uint64_t product_0 = multiplier_0 * counter[0];
    const uint64_t product_1 = multiplier_1 * counter[2];
    counter = {static_cast<uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product_1),
               static_cast<uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product_0)};
    key[0] += weyl_0;
    key[1] += weyl_1;
  }
  return counter;
}

uint32_t Random::next() {
  if (used_ == 4) {
    block_ = philox({static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)},
                    {static_cast<uint32_t>(counter_), static_cast<uint32_t>(counter_ >> 32),
                     static_cast<uint32_t>(stream_), static_cast<uint32_t>(stream_ >> 32)});
    ++counter_;
    used_ = 0;
  }
  return block_[static_cast<size_t>(used_++)];
}

float Random::normal() {
  const float radius = std::sqrt(-2.0F * std::log(1.0F - uniform()));  // 1 − u lies in (0, 1]
  return radius * std::cos(2.0F * std::numbers::pi_v<float> * uniform());
}

uint32_t Random::below(uint32_t bound) {
  const uint32_t rejected = (0U - bound) % bound;  // the values that would favour small results
  uint32_t value = next();
  while (value < rejected) value = next();
  return value % bound;
}

std::vector<int64_t> Random::permutation(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[below(static_cast<uint32_t>(i))]);
  return order;
}

Tensor uniform_tensor(const Shape& shape, float low, float high, Random random) {
  Tensor result(shape);
  for (float& x : result.values()) x = random.uniform(low, high);
  return result;
}

uint64_t random_stream(uint64_t a, uint64_t b) {
  const auto block =
      philox({static_cast<uint32_t>(a), static_cast<uint32_t>(a >> 32)},
             {static_cast<uint32_t>(b), static_cast<uint32_t>(b >> 32), 0x7468, 0x6177});
  return (static_cast<uint64_t>(block[1]) << 32) | block[0];
}

}  // namespace thaw
