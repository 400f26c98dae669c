#include "thaw/compile/operations.h"

#include <gtest/gtest.h>

#include <map>

#include "support/ops_graph.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw {

void PrintTo(const LayerOperation& operation, std::ostream* stream) {
  *stream << operation.layer << ": " << operation.what;
}

namespace {

using Operations = std::vector<LayerOperation>;

ops::Graph inference(const Functional& model) {
  return specialize(lower(model), ops::Phase::inference);
}

/// What each pass did, by its name.
std::map<std::string, OperationChanges> report(const ops::Graph& graph) {
  std::vector<PassReport> passes;
  optimize(graph, {.frozen = true, .traits = testing::fusing_traits()}, &passes);
  std::map<std::string, OperationChanges> result;
  for (PassReport& pass : passes) result[pass.name] = std::move(pass.changes);
  return result;
}

struct ConvolutionForm {
  int64_t kernel = 3;
  int64_t stride = 1;
  const char* activation = "relu";
};

TEST(Operations, are_told_in_words_without_parameters) {
  const Symbol image = input({8, 8, 4}, "image");
  Symbol x = conv_2d({.filters = 4, .kernel_size = 1, .activation = "relu", .name = "conv"})(image);
  x = depthwise_conv_2d({.kernel_size = 3, .name = "dw"})(x);
  const auto all = operations(inference(Functional(image, max_pooling_2d({.name = "pool"})(x))));
  EXPECT_EQ(all, (Operations{{"conv", "convolution"},
                             {"conv", "activation"},
                             {"dw", "depthwise convolution"},
                             {"pool", "max pooling"}}));
}

TEST(Optimize, reports_what_each_pass_merged) {
  const Symbol image = input({8, 8, 4}, "image");
  Symbol x = zero_padding_2d({.padding = {1, 1, 1, 1}, .name = "pad"})(image);
  x = conv_2d({.filters = 4, .kernel_size = 3, .activation = "relu", .name = "conv"})(x);
  Symbol y = conv_2d({.filters = 4, .kernel_size = 1, .name = "branch"})(x);
  y = batch_normalization({.name = "bn"})(y);
  y = add({.name = "sum"})({x, y});
  const auto passes = report(inference(Functional(image, activation({.name = "relu"})(y))));
  EXPECT_EQ(passes.at("absorb_padding").merged, (Operations{{"pad", "zero padding"}}));
  EXPECT_EQ(passes.at("fold_batch_norm").merged, (Operations{{"bn", "batch normalization"}}));
  // A linear activation asks for nothing.
  EXPECT_EQ(passes.at("fuse").merged,
            (Operations{{"conv", "activation"}, {"sum", "residual sum"}}));
  for (const auto& [name, pass] : passes) EXPECT_TRUE(pass.replaced.empty()) << name;
}

TEST(Optimize, reports_a_batch_normalization_that_stays_as_scale_and_offset) {
  const Symbol image = input({8, 8, 4}, "image");
  const Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(image);
  // Two readers: the convolution cannot take the normalization of one of them.
  const Functional model(std::vector{image}, {x, batch_normalization({.name = "bn"})(x)});
  const auto changes = report(inference(model)).at("fold_batch_norm");
  EXPECT_TRUE(changes.merged.empty());
  EXPECT_EQ(changes.replaced, (Operations{{"bn", "batch normalization"}}));
  EXPECT_EQ(changes.by, (Operations{{"bn", "scale and offset"}}));
}

TEST(Optimize, computes_in_tiles_what_fills_them) {
  const auto tiled = [](int64_t size, int64_t in, int64_t out, const ConvolutionForm& form) {
    const Symbol image = input({size, size, in}, "image");
    const Symbol x = conv_2d({.filters = out,
                              .kernel_size = form.kernel,
                              .strides = form.stride,
                              .padding = "same",
                              .activation = form.activation,
                              .name = "conv"})(image);
    return !report(inference(Functional(image, x))).at("winograd").replaced.empty();
  };
  EXPECT_TRUE(tiled(8, 64, 64, {}));
  EXPECT_TRUE(tiled(7, 32, 64, {})) << "49 of 64 pixels";
  EXPECT_FALSE(tiled(5, 64, 64, {})) << "25 of 64 pixels";
  EXPECT_FALSE(tiled(8, 64, 32, {})) << "too few channels";
  EXPECT_FALSE(tiled(8, 64, 68, {})) << "no whole number of eights";
  EXPECT_FALSE(tiled(8, 64, 64, {.kernel = 1}));
  EXPECT_FALSE(tiled(16, 64, 64, {.stride = 2}));
  EXPECT_FALSE(tiled(8, 64, 64, {.activation = "sigmoid"}));
}

TEST(Optimize, reports_every_call_of_a_shared_layer) {
  const Symbol image = input({8, 8, 4}, "image");
  const Layer conv = conv_2d({.filters = 4, .kernel_size = 1, .activation = "relu", .name = "c"});
  const auto passes = report(inference(Functional(image, conv(conv(image)))));
  EXPECT_EQ(passes.at("fuse").merged, (Operations{{"c", "activation"}, {"c", "activation"}}));
}

}  // namespace
}  // namespace thaw
