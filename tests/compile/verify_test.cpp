#include "thaw/compile/verify.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/ops_graph.h"

namespace thaw {
namespace {

using ops::Value;
using testing::contains;
using testing::error_of;
using testing::filled;

/// relu(x · kernel): nodes 0 (x), 1 (kernel, which trains), 2, 3.
ops::Graph dense() {
  ops::Builder builder;
  builder.set_scope("dense");
  const Value x = builder.input({3});
  const Value y = builder.matmul(x, filled(builder, {3, 2}, 1, true));
  return builder.finish({builder.activation(y, "relu")});
}

std::string error_in(const ops::Graph& graph) {
  return error_of([&] { verify(graph); });
}

std::string error_between(const ops::Graph& before, const ops::Graph& after, bool frozen = false) {
  return error_of([&] { verify_rewrite(before, after, frozen); });
}

TEST(Verify, accepts_what_builders_make) {
  EXPECT_EQ(error_in(dense()), "");
  const ops::Graph graph = dense();
  EXPECT_EQ(error_between(graph, graph), "");
}

TEST(Verify, finds_a_shape_that_is_not_the_rules) {
  ops::Graph graph = dense();
  graph.nodes[2].shape = {5};
  EXPECT_EQ(error_in(graph),
            "node 2 (MatMul of \"dense\"): expected the shape (2,) that its inputs lead to, "
            "received (5,)");
}

TEST(Verify, finds_inputs_that_do_not_fit_the_operation) {
  ops::Graph graph = dense();
  graph.nodes[2].inputs.pop_back();
  EXPECT_EQ(error_in(graph), "node 2 (MatMul of \"dense\"): MatMul: expected 2 inputs, received 1");
}

TEST(Verify, finds_an_input_that_comes_later_or_is_no_node) {
  for (const int index : {2, 3, 7, -1}) {
    ops::Graph graph = dense();
    graph.nodes[2].inputs[0] = {index};
    EXPECT_TRUE(contains(error_in(graph), "expected inputs that come before it")) << index;
  }
}

TEST(Verify, finds_ends_that_are_none) {
  ops::Graph no_output = dense();
  no_output.outputs = {{4}};
  EXPECT_EQ(error_in(no_output), "expected outputs that are nodes, received 4");
  ops::Graph wrong_input = dense();
  wrong_input.inputs = {{1}};
  EXPECT_EQ(error_in(wrong_input), "expected inputs that are Input nodes, received 1");
  ops::Graph no_input = dense();
  no_input.inputs.clear();
  EXPECT_EQ(error_in(no_input), "expected the 1 Input nodes among the inputs, received 0 inputs");
  ops::Graph twice = dense();
  twice.inputs.push_back(twice.inputs[0]);
  EXPECT_EQ(error_in(twice), "expected each input once, received node 0 again");
}

TEST(VerifyRewrite, finds_another_result) {
  const ops::Graph before = dense();
  ops::Graph after = dense();
  after.outputs.push_back(after.outputs[0]);
  EXPECT_EQ(error_between(before, after), "expected 1 outputs, received 2");
  after.outputs = {{0}};
  EXPECT_EQ(error_between(before, after.without_dead_nodes()),
            "expected output 0 of shape (2,), received (3,)");
}

TEST(VerifyRewrite, finds_a_node_that_no_output_needs) {
  const ops::Graph before = dense();
  ops::Graph after = before;
  (void)after.append(ops::Softmax{}, {{3}}, "left over");
  EXPECT_EQ(error_between(before, after), "node 4 (Softmax of \"left over\"): no output needs it");
}

TEST(VerifyRewrite, finds_what_was_done_to_weights) {
  const ops::Graph before = dense();
  ops::Graph folded = before;
  folded.nodes[1].op = ops::Constant{Tensor::zeros({3, 2})};
  EXPECT_EQ(error_between(before, folded), "loses the weight \"weight\", which trains");
  EXPECT_EQ(error_between(before, folded, true), "");
  EXPECT_EQ(error_between(folded, before), "reads a weight \"weight\" that was not read before");
  ops::Graph still = before;
  std::get<ops::Weight>(still.nodes[1].op).trainable = false;
  EXPECT_EQ(error_between(before, still), "changes whether the weight \"weight\" trains");
}

}  // namespace
}  // namespace thaw
