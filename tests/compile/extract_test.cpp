#include "thaw/compile/extract.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/ops_graph.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/compile/verify.h"

namespace thaw {
namespace {

using ops::Value;
using testing::count;
using testing::error_of;
using testing::filled;
using testing::only;

/// Two branches from x (node 0) that are added: relu (1), and a product (3) by the kernel (2).
struct Branches {
  Value x, relu, product, sum;
  ops::Graph graph;

  explicit Branches(bool trains = false) {
    ops::Builder builder;
    x = builder.input({2});
    relu = builder.activation(x, "relu");
    product = builder.matmul(x, filled(builder, {2, 2}, 1, trains));
    sum = builder.add(relu, product);
    graph = builder.finish({sum});
  }
};

TEST(Extract, takes_what_leads_from_one_cut_to_another) {
  const Branches b;
  const Value from[] = {b.product, b.relu};
  const ops::Graph part = extract(b.graph, from, {&b.sum, 1});
  verify(part);
  EXPECT_EQ(part.inputs.size(), 2U);
  EXPECT_EQ(part.nodes.size(), 3U);
  EXPECT_EQ(only<ops::Binary>(part).inputs, (std::vector<Value>{part.inputs[1], part.inputs[0]}));
}

TEST(Extract, brings_weights_along) {
  const Branches b;
  const ops::Graph part = extract(b.graph, {&b.x, 1}, {&b.product, 1});
  EXPECT_EQ(count<ops::Weight>(part), 1);
  EXPECT_EQ(count<ops::Activate>(part), 0);
}

TEST(Extract, gives_back_a_value_that_is_both_ends) {
  const Branches b;
  const ops::Graph part = extract(b.graph, {&b.relu, 1}, {&b.relu, 1});
  EXPECT_EQ(part.inputs, part.outputs);
}

TEST(Extract, needs_all_of_a_cut) {
  const Branches b;
  EXPECT_EQ(error_of([&] {
              (void)extract(b.graph, {&b.relu, 1}, {&b.sum, 1});
            }),
            "a cut of the graph leaves one of its inputs out");
  EXPECT_FALSE(leads_to(b.graph, {&b.relu, 1}, {&b.sum, 1}));
  const Value both[] = {b.relu, b.product};
  EXPECT_TRUE(leads_to(b.graph, both, {&b.sum, 1}));
  EXPECT_TRUE(leads_to(b.graph, {&b.x, 1}, both));
  EXPECT_FALSE(leads_to(b.graph, both, {&b.x, 1}));
}

TEST(SplitFrozen, cuts_below_what_trains) {
  const Branches b(true);
  const FrozenSplit split = split_frozen(b.graph);
  verify(split.prefix);
  verify(split.suffix);
  EXPECT_EQ(split.cut, (std::vector<Value>{b.x, b.relu}));
  EXPECT_EQ(split.prefix.outputs.size(), 2U);
  EXPECT_EQ(split.suffix.inputs.size(), 2U);
  EXPECT_EQ(count<ops::Activate>(split.suffix), 0);
}

TEST(SplitFrozen, takes_all_where_nothing_trains) {
  const Branches b;
  const FrozenSplit split = split_frozen(b.graph);
  EXPECT_EQ(split.cut, std::vector<Value>{b.sum});
  EXPECT_EQ(split.suffix.nodes.size(), 1U) << "its input, which is its output";
}

TEST(SplitFrozen, cuts_below_what_is_random_or_looks_at_the_batch) {
  for (const bool is_random : {true, false}) {
    ops::Builder builder;
    const Value x = builder.activation(builder.input({2}), "relu");
    const Value one = filled(builder, {2}, 1);
    const Value y =
        is_random ? builder.dropout(x, {})
                  : builder.batch_normalization(
                        x, {one, one},
                        {.has_scale = false, .has_center = false, .phase = ops::Phase::by_run});
    const ops::Graph graph = builder.finish({builder.activation(y, "relu")});
    EXPECT_EQ(split_frozen(graph).cut, std::vector<Value>{x}) << is_random;
    EXPECT_TRUE(constant_values(graph)[static_cast<size_t>(x.index)]);
    EXPECT_FALSE(constant_values(graph)[static_cast<size_t>(y.index)]);
  }
}

}  // namespace
}  // namespace thaw
