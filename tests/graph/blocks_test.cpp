#include "thaw/graph/blocks.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/network.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

Symbol convolved(const Symbol& x, const std::string& name) {
  return conv_2d({.filters = 4, .kernel_size = 3, .padding = "same", .name = name})(x);
}

/// "name:layers …", in order.
std::string told(const Functional& network) {
  std::string text;
  size_t next = 0;
  for (const Block& block : blocks_of(network)) {
    EXPECT_EQ(block.first, next);
    next += block.count;
    text += (text.empty() ? "" : " ") + block.name + ":" + std::to_string(block.count);
  }
  EXPECT_EQ(next, counted_layers(network).size());
  return text;
}

TEST(Blocks, AsTheNamesNumberThem) {
  const Symbol x = input({8, 8, 3});
  Symbol y = convolved(x, "stem");
  y = convolved(y, "block_1_expand");
  y = add({.name = "block_1_add"})({convolved(y, "block_1_project"), y});
  y = convolved(y, "block_2_expand");
  y = convolved(y, "block_2_project");
  EXPECT_EQ(told(Functional(x, y)), "stem:2 block_1:3 block_2:2");

  Symbol z = convolved(x, "layer1.0.conv1");
  z = add({.name = "layer1.0.add"})({convolved(z, "layer1.0.conv2"), z});
  z = add({.name = "layer1.1.add"})({convolved(z, "layer1.1.conv1"), z});
  EXPECT_EQ(told(Functional(x, z)), "input_layer:1 layer1.0:3 layer1.1:2");
}

TEST(Blocks, BetweenBranchesWithoutNames) {
  const Symbol x = input({8, 8, 3});
  Symbol y = convolved(x, "a");
  y = add({.name = "first"})({convolved(y, "b"), y});
  y = relu({.name = "after"})(y);
  y = add({.name = "second"})({convolved(y, "c"), y});
  EXPECT_EQ(told(Functional(x, y)), "a:2 after:3 second:2");
}

TEST(Blocks, BetweenPoolingsOfAChain) {
  const Symbol x = input({8, 8, 3});
  Symbol y = max_pooling_2d({.name = "p"})(convolved(x, "a"));
  y = max_pooling_2d({.name = "q"})(convolved(convolved(y, "b"), "c"));
  y = flatten({.name = "f"})(y);
  const Functional network(x, y);
  EXPECT_EQ(told(network), "p:3 q:3 f:1");
  EXPECT_EQ(layers_of_last(network, 2), 4);
  EXPECT_TRUE(
      contains(error_of<UsageError>([&] { layers_of_last(network, 4); }), "at most the 3 blocks"));
}

}  // namespace
}  // namespace thaw
