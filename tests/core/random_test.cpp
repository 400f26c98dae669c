#include "thaw/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace thaw {
namespace {

using Block = std::array<uint32_t, 4>;

TEST(Random, philox_gives_the_known_answers_of_random123) {
  // The lines "philox4x32 10" of Random123's kat_vectors. TensorFlow 2.21 gives the same words from
  // its own Philox: raw_ops.StatelessRandomUniformFullIntV2(shape=[4], key, counter, alg=1,
  // uint32), where a 64-bit word of key or counter holds two of these, the lower first.
  EXPECT_EQ(philox({0, 0}, {0, 0, 0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones}, {ones, ones, ones, ones}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, the_same_seed_and_stream_repeat_and_others_differ) {
  Random a(7, 3);
  Random b(7, 3);
  Random other_stream(7, 4);
  Random other_seed(8, 3);
  int same_stream = 0;
  int same_seed = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint32_t value = a.next();
    ASSERT_EQ(value, b.next()) << i;
    same_stream += value == other_stream.next() ? 1 : 0;
    same_seed += value == other_seed.next() ? 1 : 0;
  }
  EXPECT_LE(same_stream, 1);
  EXPECT_LE(same_seed, 1);
}

TEST(Random, uniform_and_normal_have_their_moments) {
  Random random(1);
  constexpr int count = 200000;
  double sum = 0;
  double normal_sum = 0;
  double normal_squares = 0;
  for (int i = 0; i < count; ++i) {
    const float u = random.uniform();
    ASSERT_GE(u, 0.0F);
    ASSERT_LT(u, 1.0F);
    sum += u;
    const float n = random.normal();
    ASSERT_TRUE(std::isfinite(n));
    normal_sum += n;
    normal_squares += static_cast<double>(n) * n;
  }
  // Five standard errors: sigma / sqrt(count).
  EXPECT_NEAR(sum / count, 0.5, 5 * 0.2887 / std::sqrt(count));
  EXPECT_NEAR(normal_sum / count, 0.0, 5 / std::sqrt(count));
  EXPECT_NEAR(normal_squares / count, 1.0, 5 * std::sqrt(2.0 / count));
}

TEST(Random, below_is_even_and_stays_below) {
  Random random(2);
  std::array<int, 6> counts{};
  constexpr int count = 60000;
  for (int i = 0; i < count; ++i) ++counts.at(random.below(6));
  for (const int seen : counts) EXPECT_NEAR(seen, count / 6, 5 * std::sqrt(count * 5.0 / 36));
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, a_permutation_holds_every_index_once) {
  Random random(3);
  std::vector<int64_t> order = random.permutation(1000);
  EXPECT_FALSE(std::ranges::is_sorted(order));
  std::ranges::sort(order);
  for (int64_t i = 0; i < 1000; ++i) ASSERT_EQ(order[static_cast<size_t>(i)], i);
  EXPECT_TRUE(random.permutation(0).empty());
}

TEST(Random, streams_differ_by_each_of_their_words) {
  EXPECT_NE(random_stream(1, 2), random_stream(2, 1));
  EXPECT_NE(random_stream(1, 2), random_stream(1, 3));
  EXPECT_EQ(random_stream(1, 2), random_stream(1, 2));
}

}  // namespace
}  // namespace thaw
