#include "thaw/compile/last_dense.h"

#include <gtest/gtest.h>

#include "thaw/compile/lower.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw {
namespace {

/// How many columns enter the last Dense of the model; 0: there is none.
int64_t columns(const Symbol& image, const Symbol& output) {
  const ops::Graph graph = lower(Functional(image, output));
  const auto found = last_dense_input(graph);
  return found ? graph[*found].shape.elements() : 0;
}

TEST(LastDense, is_found_behind_what_follows_it) {
  const Symbol image = input({4, 4, 5}, "image");
  const Symbol pooled = global_average_pooling_2d()(image);
  const Layer last = dense({.units = 3, .name = "last"});
  EXPECT_EQ(columns(image, last(pooled)), 5);
  EXPECT_EQ(columns(image, activation({.activation = "softmax"})(last(pooled))), 5);
  EXPECT_EQ(columns(image, dense({.units = 2, .activation = "sigmoid"})(last(pooled))), 3);
  EXPECT_EQ(columns(image, dense({.units = 2})(dropout({.rate = 0.5F})(pooled))), 5);
  EXPECT_EQ(columns(image, dense({.units = 3})(concatenate()({pooled, pooled}))), 10);
}

TEST(LastDense, is_found_within_a_nested_model) {
  const Symbol inner = input({4, 4, 5}, "inner");
  const Functional whole(inner, dense({.units = 3})(global_average_pooling_2d()(inner)), "whole");
  const Symbol image = input({4, 4, 5}, "image");
  EXPECT_EQ(columns(image, activation({.activation = "softmax"})(whole(image))), 5);
}

TEST(LastDense, is_none_where_something_else_gives_the_classes) {
  const Symbol image = input({4, 4, 5}, "image");
  const Symbol convolved = conv_2d({.filters = 3, .kernel_size = 1})(image);
  EXPECT_EQ(columns(image, global_average_pooling_2d()(convolved)), 0);
  EXPECT_EQ(columns(image, image), 0);
  EXPECT_EQ(columns(image, dense({.units = 3})(image)), 0);  // of each pixel
}

}  // namespace
}  // namespace thaw
