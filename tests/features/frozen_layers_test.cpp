#include "thaw/features/frozen_layers.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "features/small_network.h"
#include "thaw/runtime/engine.h"

namespace thaw {
namespace {

/// The name of the set of the small network's last cut.
std::string set_key(const testing::SmallNetwork& network, int threads = 2) {
  Engine engine({.threads = threads});
  const FrozenLayers frozen(network.graph, network.end, {}, engine.device());
  return frozen.set_key(frozen.segments().cuts().back());
}

TEST(FrozenLayers, name_a_set_by_the_function_that_its_rows_are_values_of) {
  const auto network = testing::small_network();
  const std::string key = set_key(network);
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(set_key(testing::small_network()), key) << "the same layers and weights, made anew";
  for (const ops::Node& node : network.graph.nodes) {
    const auto* weight = std::get_if<ops::Weight>(&node.op);
    if (weight == nullptr) continue;
    float& value = *weight->variable->value().data();
    value += 1;
    EXPECT_NE(set_key(network), key) << node.name << "/" << weight->variable->name();
    value -= 1;
  }
}

TEST(FrozenLayers, name_a_set_by_the_threads_that_share_its_sums) {
  const auto network = testing::small_network();
  EXPECT_NE(set_key(network, 1), set_key(network, 2));
}

TEST(FrozenLayers, name_another_set_where_a_pass_is_left_out) {
  const auto network = testing::small_network();
  const std::string key = set_key(network);
  ASSERT_EQ(setenv("THAW_DISABLE_PASSES", "fuse", 1), 0);
  const std::string without_fusing = set_key(network);
  ASSERT_EQ(unsetenv("THAW_DISABLE_PASSES"), 0);
  EXPECT_NE(without_fusing, key);
  EXPECT_EQ(set_key(network), key);
}

}  // namespace
}  // namespace thaw
