#include "thaw/graph/functional.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/naming.h"
#include "thaw/graph/summary.h"

namespace thaw {
namespace {

std::vector<std::string> names_of(const Functional& model) {
  std::vector<std::string> names;
  for (const Layer& layer : model.layers()) names.push_back(layer.name());
  return names;
}

Functional branches() {
  const Symbol image = input({8, 8, 3}, "a");
  const Symbol x =
      conv_2d({.filters = 4, .kernel_size = 3, .padding = "same", .name = "c1"})(image);
  const Symbol left = conv_2d({.filters = 4, .name = "left"})(x);
  Symbol right = conv_2d({.filters = 4, .name = "r1"})(x);
  right = relu({.name = "r2"})(right);
  const Symbol sum = add({.name = "sum"})({right, left});
  Symbol y = concatenate({.name = "cat"})({x, sum});
  y = global_average_pooling_2d({.name = "gap"})(y);
  return Functional(image, dense({.units = 2, .name = "out"})(y));
}

Functional small_base() {
  const Symbol image = input({8, 8, 3}, "image");
  Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(image);
  x = batch_normalization({.name = "norm"})(x);
  return Functional(image, global_average_pooling_2d({.name = "pool"})(x), "base");
}

TEST(Functional, orders_layers_of_branches_as_keras_does) {
  // As Keras 3.15.1 lists the same network.
  const Functional model = branches();
  EXPECT_EQ(names_of(model),
            (std::vector<std::string>{"a", "c1", "r1", "r2", "left", "sum", "cat", "gap", "out"}));
  EXPECT_EQ(model.count_parameters(), 170);
}

TEST(Functional, names_layers_as_keras_does) {
  const Symbol image = input({8, 8, 3});
  Symbol x = conv_2d({.filters = 4})(image);
  x = conv_2d({.filters = 4})(x);
  x = relu()(x);
  const Functional model(image, global_average_pooling_2d()(x));
  EXPECT_EQ(names_of(model), (std::vector<std::string>{"input_layer", "conv2d", "conv2d_1", "re_lu",
                                                       "global_average_pooling2d"}));
  EXPECT_EQ(to_snake_case("DepthwiseConv2D"), "depthwise_conv2d");
}

TEST(Functional, a_models_flag_sets_its_layers_and_a_layer_can_be_set_after) {
  const Functional base = small_base();
  EXPECT_EQ(base.count_parameters(), 3 * 3 * 3 * 4 + 4 + 16);
  EXPECT_EQ(base.count_trainable_parameters(), base.count_parameters() - 8);
  base.set_trainable(false);
  EXPECT_EQ(base.count_trainable_parameters(), 0);
  for (const Layer& layer : base.layers()) EXPECT_FALSE(layer.trainable()) << layer.name();
  base.get_layer("conv").set_trainable(true);
  EXPECT_EQ(base.count_trainable_parameters(), 3 * 3 * 3 * 4 + 4);
}

TEST(Functional, a_nested_model_is_one_layer_and_shares_its_weights) {
  const Functional base = small_base();
  const Symbol image = input({8, 8, 3}, "photo");
  const Symbol y = dense({.units = 2, .name = "head"})(base(image, {.training = false}));
  const Functional model(image, y, "model");
  EXPECT_EQ(names_of(model), (std::vector<std::string>{"photo", "base", "head"}));
  ASSERT_NE(model.get_layer("base").nested(), nullptr);
  EXPECT_EQ(model.get_layer("base").class_name(), "Functional");
  EXPECT_EQ(model.get_layer("base").variables().front(), base.variables().front());
  base.set_trainable(false);
  EXPECT_EQ(model.count_trainable_parameters(), 4 * 2 + 2);
}

TEST(Functional, a_layer_called_twice_has_its_weights_once) {
  const Symbol x = input({4});
  const Layer shared = dense({.units = 4, .name = "shared"});
  const Functional model(x, shared(shared(x)));
  EXPECT_EQ(model.count_parameters(), 4 * 4 + 4);
  EXPECT_THROW((void)shared(input({5})), Error);
}

TEST(Functional, a_layer_of_two_models_has_its_weights_once) {
  const Layer shared = dense({.units = 4, .name = "shared"});
  const Symbol inner = input({4}, "inner");
  const Functional base(inner, relu({.name = "relu"})(shared(inner)), "base");
  const Symbol x = input({4}, "x");
  const Functional model(x, add({.name = "sum"})({shared(x), base(x)}), "model");
  EXPECT_EQ(model.count_parameters(), 4 * 4 + 4);  // Keras's count_params() too
  EXPECT_EQ(model.count_trainable_parameters(), 4 * 4 + 4);
  EXPECT_EQ(model.variables().size(), 2U);
  EXPECT_EQ(model.trainable_variables(), model.variables());
  shared.set_trainable(false);
  EXPECT_EQ(model.trainable_variables().size(), 0U);
}

TEST(Functional, a_chain_can_be_a_sequential_and_nothing_else_can) {
  const Symbol x = input({4}, "x");
  const Symbol y = relu({.name = "relu"})(dense({.units = 4, .name = "dense"})(x));
  EXPECT_EQ(sequential(x, y).class_name(), "Sequential");
  EXPECT_EQ(Functional(x, y).class_name(), "Functional");
  const Layer twice = dense({.units = 4, .name = "twice"});
  EXPECT_THROW(sequential(x, twice(twice(x))), Error);
  EXPECT_THROW(sequential(x, add()({y, x})), Error);
  EXPECT_THROW(sequential(x, relu()(x, {.training = false})), Error);
}

TEST(Functional, refuses_wrong_graphs_by_name) {
  const Symbol x = input({4}, "x");
  const Symbol other = input({4}, "other");
  EXPECT_THROW(Functional(other, dense({.units = 2})(x)), Error);
  EXPECT_THROW(
      Functional(x, dense({.units = 2, .name = "twin"})(dense({.units = 2, .name = "twin"})(x))),
      Error);
  try {
    (void)branches().get_layer("lefd");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("left"), std::string::npos) << error.what();
  }
  EXPECT_THROW((void)dense({.units = 2, .activation = "sofmax"}), Error);
  EXPECT_THROW((void)conv_2d({.filters = 2, .kernel_size = 9, .name = "wide"})(input({4, 4, 3})),
               Error);
}

TEST(Functional, initial_weights_are_a_function_of_seed_and_name) {
  const auto first_kernel = [](const Functional& model, uint64_t seed) {
    model.initialize_weights(seed);
    const auto values = model.get_layer("left").variables().front()->value().values();
    return std::vector<float>(values.begin(), values.end());
  };
  const auto a = first_kernel(branches(), 1);
  EXPECT_EQ(a, first_kernel(branches(), 1));
  EXPECT_NE(a, first_kernel(branches(), 2));
}

TEST(Functional, every_handle_is_the_same_model) {
  const Functional model = branches();
  const Functional copy = model;
  copy.set_trainable(false);
  copy.get_layer("left").set_name("renamed");
  EXPECT_FALSE(model.trainable());
  EXPECT_FALSE(model.get_layer("renamed").trainable());
  EXPECT_EQ(model.get_layer("renamed"), copy.get_layer("renamed"));
}

TEST(Symbol, that_is_a_default_one_has_no_shape_and_no_layer_takes_it) {
  EXPECT_EQ(Symbol(), Symbol());
  EXPECT_EQ(Symbol().call(), nullptr);
  EXPECT_THROW(Symbol().shape(), Error);
  EXPECT_THROW(dense({.units = 2})(Symbol()), Error);
}

TEST(Functional, another_input_shape_keeps_the_layers) {
  const Functional base = small_base();
  const Functional larger = base.with_input_shape({20, 12, 3});
  EXPECT_EQ(larger.inputs().front().shape(), (Shape{20, 12, 3}));
  EXPECT_EQ(larger.output_of("norm").shape(), (Shape{18, 10, 4}));
  EXPECT_EQ(larger.variables().front(), base.variables().front());
}

TEST(Functional, a_summary_names_layers_and_totals) {
  const std::string text = summary(branches());
  EXPECT_NE(text.find("left"), std::string::npos) << text;
  EXPECT_NE(text.find("170"), std::string::npos) << text;
}

}  // namespace
}  // namespace thaw
