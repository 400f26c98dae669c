#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "support/error_of.h"
#include "support/ops_graph.h"
#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"
#include "thaw/compile/verify.h"

namespace thaw {
namespace {

using ops::Value;
using testing::contains;
using testing::count;
using testing::error_of;
using testing::filled;
using testing::fusing_traits;
using testing::only;
using testing::weight;

/// The graph after one pass, which is verified.
ops::Graph after(std::string_view name, const ops::Graph& graph,
                 const DeviceTraits& traits = fusing_traits()) {
  for (const Pass* pass : passes()) {
    if (pass->name != name) continue;
    verify(graph);
    ops::Graph result = pass->run(graph, traits);
    verify_rewrite(graph, result, pass->only_frozen);
    return result;
  }
  throw Error("there is no pass " + std::string(name));
}

std::vector<float> numbers(const ops::Graph& graph, Value parameter) {
  const Tensor tensor = parameter_value(graph[parameter]);
  return {tensor.values().begin(), tensor.values().end()};
}

TEST(AbsorbPadding, takes_zeros_into_the_convolution) {
  ops::Builder builder;
  const Value x = builder.input({5, 5, 1});
  const Value padded = builder.pad_2d(x, {0, 1, 2, 3});
  const Value kernel = filled(builder, {3, 3, 1, 1}, 1);
  const ops::Graph graph =
      builder.finish({builder.conv_2d(padded, kernel, {.padding = {1, 1, 1, 1}})});
  const ops::Graph result = after("absorb_padding", graph);
  EXPECT_EQ(count<ops::Pad2D>(result), 0);
  EXPECT_EQ(std::get<ops::Conv2D>(only<ops::Conv2D>(result).op).padding, (Padding2{1, 2, 3, 4}));
}

TEST(AbsorbPadding, leaves_zeros_that_others_read_too) {
  ops::Builder builder;
  const Value padded = builder.pad_2d(builder.input({5, 5, 1}), {1, 1, 1, 1});
  const Value y = builder.conv_2d(padded, filled(builder, {3, 3, 1, 1}, 1), {});
  const ops::Graph result = after("absorb_padding", builder.finish({y, padded}));
  EXPECT_EQ(count<ops::Pad2D>(result), 1);
  EXPECT_EQ(result[result.outputs[0]].shape, (Shape{5, 5, 1}));
}

/// x·3 (+ 1), then batch normalization by mean 2, variance 4 − epsilon, gamma 5, beta 7.
ops::Graph normalized(bool with_bias, bool kernel_is_read_twice = false) {
  ops::Builder builder;
  const Value x = builder.input({1, 1, 1});
  const Value bias = with_bias ? weight(builder, {1}, {1}) : Value{};
  const Value y = builder.conv_2d(x, weight(builder, {1, 1, 1, 1}, {3}), {}, bias);
  const Value z =
      builder.batch_normalization(y,
                                  {weight(builder, {1}, {5}), weight(builder, {1}, {7}),
                                   weight(builder, {1}, {2}), weight(builder, {1}, {3.75F})},
                                  {.epsilon = 0.25F, .phase = ops::Phase::inference});
  return builder.finish(kernel_is_read_twice ? std::vector{z, y} : std::vector{z});
}

TEST(FoldBatchNorm, puts_scale_and_offset_into_kernel_and_bias) {
  // (3x + b − 2)·5/2 + 7 = 7.5x + 2 + 2.5b: all exact in binary.
  for (const bool with_bias : {false, true}) {
    const ops::Graph result = after("fold_batch_norm", normalized(with_bias));
    EXPECT_EQ(count<ops::BatchNormalization>(result), 0);
    const ops::Node& convolution = only<ops::Conv2D>(result);
    EXPECT_EQ(numbers(result, convolution.inputs[1]), std::vector<float>({7.5F}));
    EXPECT_EQ(numbers(result, convolution.inputs[2]), std::vector<float>({with_bias ? 4.5F : 2}));
  }
}

TEST(FoldBatchNorm, becomes_scale_and_offset_where_the_convolution_has_another_reader) {
  const ops::Graph result = after("fold_batch_norm", normalized(false, true));
  const auto& map = std::get<ops::ScaleShift>(only<ops::ScaleShift>(result).op);
  EXPECT_EQ(map.scale, std::vector<float>({2.5F}));
  EXPECT_EQ(map.offset, std::vector<float>({2}));
}

TEST(FoldBatchNorm, leaves_statistics_of_the_batch) {
  ops::Builder builder;
  const Value x = builder.input({4});
  std::vector<Value> parameters(4);
  for (Value& parameter : parameters) parameter = filled(builder, {4}, 1);
  const Value y = builder.batch_normalization(x, parameters, {.phase = ops::Phase::training});
  EXPECT_EQ(count<ops::BatchNormalization>(after("fold_batch_norm", builder.finish({y}))), 1);
}

/// x·2 + 3, then ·4 + 1, then a convolution by 5 with this padding.
ops::Graph scaled(const Padding2& padding) {
  ops::Builder builder;
  const Value x = builder.input({2, 2, 1});
  const Value y = builder.scale_shift(builder.scale_shift(x, {2}, {3}), {4}, {1});
  return builder.finish(
      {builder.conv_2d(y, weight(builder, {1, 1, 1, 1}, {5}), {.padding = padding})});
}

TEST(FoldScaleShift, puts_scales_in_a_row_into_the_kernel_after_them) {
  // 5·(4·(2x + 3) + 1) = 40x + 65
  const ops::Graph result = after("fold_scale_shift", scaled({}));
  EXPECT_EQ(count<ops::ScaleShift>(result), 0);
  const ops::Node& convolution = only<ops::Conv2D>(result);
  EXPECT_EQ(numbers(result, convolution.inputs[1]), std::vector<float>({40}));
  EXPECT_EQ(numbers(result, convolution.inputs[2]), std::vector<float>({65}));
}

TEST(FoldScaleShift, leaves_an_offset_before_zeros_around_the_image) {
  const ops::Graph result = after("fold_scale_shift", scaled({1, 1, 1, 1}));
  const auto& map = std::get<ops::ScaleShift>(only<ops::ScaleShift>(result).op);
  EXPECT_EQ(map.scale, std::vector<float>({8}));
  EXPECT_EQ(map.offset, std::vector<float>({13}));
}

TEST(FoldScaleShift, keeps_groups_apart) {
  ops::Builder builder;
  const Value x = builder.scale_shift(builder.input({1, 1, 2}), {2, 3}, {1, 10});
  const Value kernel = weight(builder, {1, 1, 1, 2}, {5, 7});  // one channel a group
  const ops::Graph graph = builder.finish({builder.conv_2d(x, kernel, {.groups = 2})});
  const ops::Graph result = after("fold_scale_shift", graph);
  const ops::Node& convolution = only<ops::Conv2D>(result);
  EXPECT_EQ(numbers(result, convolution.inputs[1]), std::vector<float>({10, 21}));
  EXPECT_EQ(numbers(result, convolution.inputs[2]), std::vector<float>({5, 70}));
}

/// relu(conv(x) + x), of 3×3 kernels on `size`² pixels of `channels`.
ops::Graph residual_block(int64_t size, int64_t channels) {
  ops::Builder builder;
  const Value x = builder.input({size, size, channels});
  const Value y = builder.conv_2d(x, filled(builder, {3, 3, channels, channels}, 0.5F),
                                  {.padding = {1, 1, 1, 1}});
  return builder.finish({builder.activation(builder.add(x, y), "relu")});
}

TEST(Fuse, applies_what_the_device_can) {
  const ops::Graph graph = residual_block(4, 2);
  const ops::Graph all = after("fuse", graph);
  const auto& convolution = std::get<ops::Conv2D>(only<ops::Conv2D>(all).op);
  EXPECT_TRUE(convolution.has_residual);
  EXPECT_EQ(convolution.activation, Activation("relu"));
  EXPECT_EQ(count<ops::Binary>(all) + count<ops::Activate>(all), 0);

  const ops::Graph no_residual = after("fuse", graph, {.activations = {Activation::Kind::relu}});
  EXPECT_EQ(count<ops::Binary>(no_residual), 1);
  EXPECT_EQ(count<ops::Activate>(no_residual), 0);
  EXPECT_EQ(after("fuse", graph, {}).nodes.size(), graph.nodes.size());
}

TEST(Fuse, takes_only_simple_rectifiers_for_relu) {
  Activation leaky = "leaky_relu";
  EXPECT_FALSE(fuses({Activation::Kind::relu}, leaky));
  EXPECT_TRUE(fuses({Activation::Kind::relu}, "relu6"));
  EXPECT_FALSE(fuses({}, "relu"));
}

TEST(Winograd, marks_convolutions_by_the_traits_of_the_device) {
  const auto marked = [](const ops::Graph& graph, const DeviceTraits& traits) {
    const ops::Graph result = after("winograd", graph, traits);
    return std::get<ops::Conv2D>(only<ops::Conv2D>(result).op).winograd;
  };
  const ops::Graph wide = residual_block(8, 64);
  EXPECT_TRUE(marked(wide, fusing_traits()));
  EXPECT_FALSE(marked(wide, {}));
  EXPECT_FALSE(marked(residual_block(8, 32), fusing_traits())) << "too few channels";
  EXPECT_FALSE(marked(residual_block(5, 64), fusing_traits())) << "25 of 64 pixels";
  DeviceTraits more = fusing_traits();
  more.winograd->together = 48;
  EXPECT_FALSE(marked(wide, more));
}

TEST(Optimize, leaves_out_passes_by_name_or_environment) {
  const ops::Graph graph = residual_block(8, 64);
  const auto names = [&](const OptimizeOptions& options) {
    std::vector<PassReport> reports;
    optimize(graph, options, &reports);
    std::vector<std::string> result;
    for (const PassReport& report : reports) result.push_back(report.name);
    return result;
  };
  const std::vector<std::string> all = {"absorb_padding", "fold_batch_norm", "fold_scale_shift",
                                        "fuse", "winograd"};
  EXPECT_EQ(names({.frozen = true, .traits = fusing_traits(), .without = {}}), all);
  ASSERT_EQ(::setenv("THAW_DISABLE_PASSES", "winograd,fuse", 1), 0);
  EXPECT_EQ(names({.frozen = true}),
            std::vector<std::string>({"absorb_padding", "fold_batch_norm", "fold_scale_shift"}));
  ASSERT_EQ(::setenv("THAW_DISABLE_PASSES", "winograd,fuze", 1), 0);
  EXPECT_EQ(error_of<UsageError>([&] { optimize(graph, {}); }),
            "passes to leave out (THAW_DISABLE_PASSES): expected some of absorb_padding, "
            "fold_batch_norm, fold_scale_shift, fuse, winograd; received \"fuze\"");
  ASSERT_EQ(::unsetenv("THAW_DISABLE_PASSES"), 0);
}

TEST(Optimize, runs_no_pass_that_folds_weights_where_they_train) {
  std::vector<PassReport> reports;
  const ops::Graph graph = normalized(true);
  const ops::Graph result = optimize(graph, {.frozen = false, .traits = fusing_traits()}, &reports);
  EXPECT_EQ(result.nodes.size(), graph.nodes.size());
  for (const PassReport& report : reports) EXPECT_EQ(report.name, "absorb_padding");
}

}  // namespace
}  // namespace thaw
