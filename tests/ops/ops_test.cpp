#include <gtest/gtest.h>

#include <memory>

#include "thaw/core/error.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/graph.h"

namespace thaw {
namespace {

struct SameCase {
  int64_t size;
  int window, stride, dilation;
  int64_t before, after, output;
};

TEST(Geometry, same_padding_is_tensorflows) {
  // total = max((ceil(size / stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0), the
  // odd one after: the documented rule of tf.nn.convolution.
  for (const auto& [size, window, stride, dilation, before, after, output] : {
           SameCase{224, 3, 2, 1, 0, 1, 112},
           SameCase{224, 7, 2, 1, 2, 3, 112},
           SameCase{149, 3, 2, 1, 1, 1, 75},
           SameCase{150, 3, 2, 1, 0, 1, 75},
           SameCase{32, 3, 1, 2, 2, 2, 32},
           SameCase{7, 1, 2, 1, 0, 0, 4},
           SameCase{5, 2, 1, 1, 0, 1, 5},
           SameCase{1, 7, 3, 1, 3, 3, 1},
       }) {
    const Padding2 padding = resolve_padding("same", {size, size, 3}, window, stride, dilation);
    EXPECT_EQ(padding, (Padding2{before, after, before, after}))
        << size << ", window " << window << ", stride " << stride << ": received " << padding.top
        << ", " << padding.bottom;
    EXPECT_EQ(window_output(size, before + after, window, stride, dilation), output);
  }
}

TEST(Geometry, rows_and_columns_are_padded_each_for_itself) {
  const Padding2 padding = resolve_padding("same", {224, 149, 3}, {7, 3}, {2, 2}, {});
  EXPECT_EQ(padding, (Padding2{2, 3, 1, 1}));
}

TEST(Geometry, valid_padding_is_none_and_another_word_an_error) {
  EXPECT_TRUE(resolve_padding("valid", {224, 224, 3}, 3, 2).none());
  EXPECT_THROW((void)resolve_padding("reflect", {224, 224, 3}, 3, 2), Error);
  EXPECT_EQ(window_output(224, 0, 3, 2), 111);
  EXPECT_THROW((void)window_output(2, 0, 3, 1), Error);
}

TEST(Graph, dead_nodes_go_and_inputs_stay) {
  ops::Builder builder;
  const ops::Value used = builder.input({4, 4, 3});
  const ops::Value unused = builder.input({2});
  (void)builder.activation(unused, {});
  (void)builder.global_pool_2d(used, ops::Pool2D::Kind::maximum);
  const ops::Value output = builder.global_pool_2d(used, ops::Pool2D::Kind::average);
  const ops::Graph graph = builder.finish({output});
  const ops::Graph live = graph.without_dead_nodes();
  EXPECT_LT(live.nodes.size(), graph.nodes.size());
  EXPECT_EQ(live.nodes.size(), 3U);
  ASSERT_EQ(live.inputs.size(), 2U);
  EXPECT_EQ(live[live.inputs[1]].shape, (Shape{2}));
  EXPECT_EQ(live[live.outputs[0]].shape, (Shape{3}));
}

TEST(Graph, a_weight_asked_for_twice_is_one_node) {
  ops::Builder builder;
  const auto kernel = std::make_shared<Variable>("kernel", Shape{3, 3}, true, [](uint64_t) {
    return Tensor::zeros({3, 3});
  });
  const ops::Value first = builder.weight(kernel, true, {3, 3});
  EXPECT_EQ(first, builder.weight(kernel, true, {3, 3}));
  EXPECT_NE(first, builder.weight(kernel, true, {9}));
}

TEST(Graph, an_output_counts_as_a_use) {
  ops::Builder builder;
  const ops::Value x = builder.input({3});
  const ops::Value y = builder.add(x, x);
  const ops::Graph graph = builder.finish({y});
  const auto counts = graph.use_counts();
  EXPECT_EQ(counts[static_cast<size_t>(x.index)], 2);
  EXPECT_EQ(counts[static_cast<size_t>(y.index)], 1);
}

TEST(Graph, shapes_that_do_not_fit_are_an_error) {
  ops::Builder builder;
  const ops::Value x = builder.input({3});
  const ops::Value y = builder.input({4});
  EXPECT_THROW((void)builder.add(x, y), Error);
  const ops::Value image = builder.input({4, 4, 3});
  EXPECT_THROW((void)builder.reshape(image, {47}), Error);
  EXPECT_EQ(builder.shape(builder.reshape(image, {48})), (Shape{48}));
}

}  // namespace
}  // namespace thaw
