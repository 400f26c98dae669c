#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/error_of.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/random.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/custom_scale_layer.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/layer_normalization.h"
#include "thaw/graph/layers/layer_scale.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/normalization.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/reshape.h"
#include "thaw/graph/layers/stochastic_depth.h"
#include "thaw/graph/layers/zero_padding_2d.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

constexpr int64_t batch = 3;

Tensor random_tensor(const Shape& shape, uint64_t seed) {
  return uniform_tensor(shape, -1, 1, Random(seed));
}

/// Every pattern that passes fold, fuse or absorb: residuals, padding, branches, odd channel
/// counts.
Functional small_network() {
  const Symbol image = input({13, 11, 3}, "image");
  Symbol x = zero_padding_2d({.padding = {0, 1, 0, 1}})(image);
  x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .use_bias = false})(x);
  x = batch_normalization()(x);
  x = relu({.max_value = 6.0F})(x);
  Symbol y = depthwise_conv_2d({.kernel_size = 3, .padding = "same", .use_bias = false})(x);
  y = batch_normalization()(y);
  y = relu()(y);
  y = conv_2d({.filters = 8, .kernel_size = 1})(y);
  y = batch_normalization()(y);
  x = add()({x, y});
  const Symbol z =
      conv_2d({.filters = 5, .kernel_size = 3, .padding = "same", .activation = "relu"})(x);
  x = concatenate()({x, z});
  x = max_pooling_2d({.pool_size = 3, .strides = Size2(2), .padding = "same"})(x);
  x = global_average_pooling_2d()(x);
  Functional model(image, dense({.units = 4, .activation = "softmax", .name = "output_layer"})(x));
  uint64_t seed = 7;
  for (const auto& variable : model.variables()) {
    Tensor value = random_tensor(variable->shape(), ++seed);
    if (variable->name() == "moving_variance" || variable->name() == "gamma") {
      for (float& v : value.values()) v = 1.0F + 0.3F * v;
    }
    variable->assign(value);
  }
  return model;
}

Tensor run(const ops::Graph& graph, const Tensor& x) {
  auto executable = cpu_device({.threads = 2})->compile(graph, {.batch_size = x.shape()[0]});
  return executable->forward({&x, 1})[0].clone();
}

float largest_difference(const Tensor& a, const Tensor& b) {
  float largest = 0;
  for (size_t i = 0; i < a.values().size(); ++i)
    largest = std::max(largest, std::abs(a.values()[i] - b.values()[i]));
  return largest;
}

TEST(Executable, in_bfloat16_is_near_float32_or_refused_where_it_would_be_emulated) {
  if (!has_bfloat16()) {
    EXPECT_TRUE(
        testing::contains(testing::error_of([] { cpu_device({.precision = Precision::bf16}); }),
                          "precision bf16: this processor"));
    return;
  }
  const auto graph = optimize(specialize(lower(small_network()), ops::Phase::inference),
                              {.frozen = true, .traits = cpu_traits()});
  const Tensor x = random_tensor({batch, 13, 11, 3}, 1);
  const auto device = cpu_device({.threads = 2, .precision = Precision::bf16});
  const auto executable = device->compile(graph, {.batch_size = batch});
  // Of probabilities; a bfloat16 has 8 bits, and errors of five layers add up at random.
  EXPECT_LT(largest_difference(executable->forward({&x, 1})[0], run(graph, x)), 0.02F);
}

TEST(Executable, an_optimized_plan_agrees_with_the_unoptimized_one) {
  const auto plain = specialize(lower(small_network()), ops::Phase::inference);
  const auto optimized = optimize(plain, {.frozen = true, .traits = cpu_traits()});
  EXPECT_LT(optimized.nodes.size(), plain.nodes.size());
  const Tensor x = random_tensor({batch, 13, 11, 3}, 1);
  // Folding rounds each kernel once more: a few units in the last place of numbers below 1.
  EXPECT_LT(largest_difference(run(plain, x), run(optimized, x)), 1e-5F);
}

/// Rescaling and Normalization before convolutions with and without padding, groups, and Dense.
Functional scaled_network(const std::string& padding, float offset) {
  const Symbol image = input({9, 7, 4}, "image");
  const std::vector<float> means{1, 2, 3, 4};
  const std::vector<float> variances{4, 1, 9, 2};
  Symbol x = rescaling({.scale = {0.5F}, .offset = {offset}})(image);
  x = normalization(
      {.mean = offset == 0 ? std::vector<float>(4, 0.0F) : means, .variance = variances})(x);
  x = conv_2d({.filters = 6, .kernel_size = 3, .padding = padding, .groups = 2})(x);
  x = rescaling({.scale = {2, 3, 4, 5, 6, 7}, .offset = {0.0F}})(x);
  x = depthwise_conv_2d({.kernel_size = 3, .padding = "same", .depth_multiplier = 2})(x);
  x = rescaling({.scale = {0.1F}, .offset = {0.3F}})(global_average_pooling_2d()(x));
  Functional model(image, dense({.units = 3})(x));
  model.initialize_weights(5);
  return model;
}

TEST(Executable, scales_and_offsets_are_folded_into_kernels_where_that_is_exact) {
  struct Case {
    std::string padding;
    float offset;
    int left;  ///< scales and offsets that stay on their own
  };
  for (const Case& c : {Case{"valid", 0.25F, 0}, Case{"same", 0, 0}, Case{"same", 0.25F, 1}}) {
    const auto plain =
        specialize(lower(scaled_network(c.padding, c.offset)), ops::Phase::inference);
    const auto optimized = optimize(plain, {.frozen = true, .traits = cpu_traits()});
    const auto count = std::ranges::count_if(optimized.nodes, [](const ops::Node& node) {
      return std::holds_alternative<ops::ScaleShift>(node.op);
    });
    EXPECT_EQ(count, c.left) << c.padding << " " << c.offset;
    const Tensor x = random_tensor({batch, 9, 7, 4}, 1);
    // Results are around 1; sums of up to 36 products in another order.
    EXPECT_LT(largest_difference(run(plain, x), run(optimized, x)), 1e-5F)
        << c.padding << " " << c.offset;
  }
}

/// relu(conv(x) + x), where the convolution reads what it adds, and the same seen flat once more.
Functional residuals_of_their_own_input() {
  const Symbol image = input({16, 16, 16}, "image");
  Symbol x = image;
  for (int i = 0; i < 3; ++i) {
    x = conv_2d({.filters = 24, .kernel_size = 3, .padding = "same", .activation = "relu"})(x);
    const Symbol y = conv_2d({.filters = 24, .kernel_size = 3, .padding = "same"})(x);
    x = relu()(add()({y, x}));
  }
  const Symbol flat = reshape({.target_shape = {16, 16, 24}})(x);
  const Symbol y = conv_2d({.filters = 24, .kernel_size = 1})(x);
  Functional model(image, concatenate()({add()({y, x}), flat}));
  model.initialize_weights(3);
  return model;
}

TEST(Executable, scales_of_channels_are_folded_into_the_kernel_before_them) {
  const Symbol image = input({6, 5, 3}, "image");
  Symbol x = conv_2d({.filters = 8, .kernel_size = 3, .padding = "same"})(image);
  Symbol y = layer_normalization()(x);
  y = dense({.units = 16, .activation = "gelu"})(y);
  y = layer_scale({.init_values = 0.5F, .projection_dim = 8})(dense({.units = 8})(y));
  x = add()({x, stochastic_depth({.drop_path_rate = 0.2F})(y)});
  const Symbol branch = conv_2d({.filters = 8, .kernel_size = 1})(x);
  x = relu()(custom_scale_layer({.scale = 0.2F})({x, branch}));
  Functional model(image, x);
  model.initialize_weights(5);
  for (const auto& variable : model.variables())
    if (variable->name() == "gamma") variable->assign(random_tensor(variable->shape(), 3));
  const auto plain = specialize(lower(model), ops::Phase::inference);
  const auto optimized = optimize(plain, {.frozen = true, .traits = cpu_traits()});
  EXPECT_TRUE(std::ranges::none_of(optimized.nodes, [](const ops::Node& node) {
    const auto* binary = std::get_if<ops::Binary>(&node.op);
    return std::holds_alternative<ops::ScaleShift>(node.op) ||
           (binary != nullptr && binary->kind == ops::Binary::Kind::multiply);
  }));
  const Tensor input_values = random_tensor({batch, 6, 5, 3}, 1);
  const Tensor expected = run(plain, input_values);
  // A few units in the last place of numbers below 8.
  EXPECT_LT(largest_difference(expected, run(optimized, input_values)), 1e-5F);
}

TEST(Executable, a_sum_leaves_what_others_still_read_from_the_same_memory) {
  const auto plain = specialize(lower(residuals_of_their_own_input()), ops::Phase::inference);
  const auto optimized = optimize(plain, {.frozen = true, .traits = cpu_traits()});
  const Tensor x = random_tensor({batch, 16, 16, 16}, 1);
  // Sums of 216 products in another order: a few units in the last place of numbers below 10.
  EXPECT_LT(largest_difference(run(plain, x), run(optimized, x)), 1e-5F);
}

/// Expansion, depthwise 3×3 and projection, as MobileNetV2 stacks them.
Functional inverted_residual(int64_t size, int64_t stride, const Padding2& padding) {
  const Symbol image = input({size, size + 2, 8}, "image");
  Symbol x = conv_2d({.filters = 24, .kernel_size = 1, .use_bias = false})(image);
  x = relu({.max_value = 6.0F})(batch_normalization()(x));
  x = zero_padding_2d({.padding = padding})(x);
  x = depthwise_conv_2d({.kernel_size = 3, .strides = Size2(stride, stride), .use_bias = false})(x);
  x = relu({.max_value = 6.0F})(batch_normalization()(x));
  Functional model(image, conv_2d({.filters = 8, .kernel_size = 1})(x));
  model.initialize_weights(5);
  return model;
}

TEST(Executable, a_depthwise_convolution_may_run_together_with_the_one_before_it) {
  // Large enough that what is between the two leaves the cache: only then are they one step.
  constexpr int64_t images = 16;
  for (const int64_t size : {56, 57}) {
    for (const int64_t stride : {1, 2}) {
      for (const Padding2& padding : {Padding2{1, 1, 1, 1}, Padding2{0, 1, 0, 1},
                                      Padding2{1, 0, 1, 0}, Padding2{0, 2, 0, 2}}) {
        SCOPED_TRACE(std::to_string(size) + " stride " + std::to_string(stride) + " padding " +
                     std::to_string(padding.top) + " " + std::to_string(padding.bottom));
        const auto plain =
            specialize(lower(inverted_residual(size, stride, padding)), ops::Phase::inference);
        const Tensor x = random_tensor({images, size, size + 2, 8}, 1);
        // Folding rounds each kernel once more: units in the last place of numbers below 10.
        EXPECT_LT(
            largest_difference(run(plain, x),
                               run(optimize(plain, {.frozen = true, .traits = cpu_traits()}), x)),
            1e-5F);
      }
    }
  }
}

/// Images of all remainders by four, both paddings, with and without bias, rectifier and residual.
Functional network_of_3x3_kernels(int64_t height, int64_t width) {
  const Symbol image = input({height, width, 64}, "image");
  Symbol x =
      conv_2d({.filters = 80, .kernel_size = 3, .padding = "same", .use_bias = false})(image);
  x = relu({.max_value = 6.0F})(batch_normalization()(x));
  const Symbol y = conv_2d({.filters = 80, .kernel_size = 3, .padding = "same"})(x);
  x = relu()(add()({x, y}));
  x = conv_2d({.filters = 64, .kernel_size = 3, .use_bias = false})(x);
  Functional model(image, x);
  model.initialize_weights(5);
  return model;
}

TEST(Executable, a_winograd_convolution_agrees_with_the_direct_one) {
  for (const auto& [height, width] : {std::pair{8, 12}, {9, 13}, {14, 10}, {11, 15}}) {
    const auto plain =
        specialize(lower(network_of_3x3_kernels(height, width)), ops::Phase::inference);
    const auto direct =
        optimize(plain, {.frozen = true, .traits = cpu_traits(), .without = {"winograd"}});
    const auto tiled = optimize(plain, {.frozen = true, .traits = cpu_traits()});
    const auto count = std::ranges::count_if(tiled.nodes, [](const ops::Node& node) {
      const auto* op = std::get_if<ops::Conv2D>(&node.op);
      return op != nullptr && op->winograd;
    });
    EXPECT_GE(count, 2) << height << "x" << width;
    const Tensor x = random_tensor({6, height, width, 64}, 1);
    const Tensor expected = run(direct, x);
    float largest = 0;
    for (const float value : expected.values()) largest = std::max(largest, std::abs(value));
    // Measured 1.0e-6 to 1.3e-6 after three of them.
    EXPECT_LT(largest_difference(expected, run(tiled, x)), 2e-6F * largest)
        << height << "x" << width;
    // Too few images to gain from it: the direct one runs.
    const Tensor one = random_tensor({1, height, width, 64}, 2);
    EXPECT_EQ(largest_difference(run(direct, one), run(tiled, one)), 0) << height << "x" << width;
  }
}

TEST(Executable, prefix_then_suffix_is_the_whole_at_every_cut) {
  const Functional model = small_network();
  const auto whole = specialize(lower(model), ops::Phase::inference);
  const Tensor x = random_tensor({batch, 13, 11, 3}, 1);
  const Tensor expected = run(whole, x);
  const auto layers = model.layers();
  for (size_t frozen = 0; frozen <= layers.size(); ++frozen) {
    for (size_t i = 0; i < layers.size(); ++i) layers[i].set_trainable(i >= frozen);
    const FrozenSplit split = split_frozen(lower(model));
    const auto prefix = optimize(specialize(split.prefix, ops::Phase::inference),
                                 {.frozen = true, .traits = cpu_traits()});
    const auto suffix = specialize(split.suffix, ops::Phase::inference);
    auto below = cpu_device({.threads = 2})->compile(prefix, {.batch_size = batch});
    auto above = cpu_device({.threads = 2})->compile(suffix, {.batch_size = batch});
    const auto cut = below->forward({&x, 1});
    const auto result = above->forward(cut);
    EXPECT_LT(largest_difference(result[0], expected), 1e-5F) << frozen << " layers frozen";
  }
}

TEST(Executable, an_average_after_a_normalization_is_taken_in_the_same_pass) {
  for (const bool depthwise : {false, true}) {  // blocked and channels-last images
    for (const auto phase : {ops::Phase::inference, ops::Phase::training}) {
      SCOPED_TRACE(std::string(depthwise ? "blocked" : "channels last") +
                   (phase == ops::Phase::training ? ", by the batch" : ", by fixed statistics"));
      const Symbol image = input({6, 5, 8});
      Symbol x = conv_2d({.filters = 16, .kernel_size = 1, .use_bias = false})(image);
      if (depthwise) x = depthwise_conv_2d({.kernel_size = 3})(x);
      x = relu({.max_value = 1.5F})(batch_normalization()(x));
      const Functional model(image, dense({.units = 4})(global_average_pooling_2d()(x)));
      model.initialize_weights(5);
      ops::Graph fused = specialize(lower(model), ops::Phase::training);
      for (ops::Node& node : fused.nodes)
        if (auto* op = std::get_if<ops::BatchNormalization>(&node.op)) op->phase = phase;
      // What is a result itself must be in memory, so nothing is merged across it.
      ops::Graph apart = fused;
      const auto rectifier = std::ranges::find_if(apart.nodes, [](const ops::Node& node) {
        return std::holds_alternative<ops::Activate>(node.op);
      });
      apart.outputs.push_back({static_cast<int>(rectifier - apart.nodes.begin())});
      const Tensor pixels = random_tensor({batch, 6, 5, 8}, 3);
      const auto run_both_ways = [&](const ops::Graph& graph) {
        const auto executable =
            cpu_device({.threads = 2})
                ->compile(graph, {.batch_size = batch, .training = true, .input_gradients = true});
        std::vector<Tensor> results = {executable->forward({&pixels, 1})[0].clone()};
        std::vector<Tensor> above = {random_tensor({batch, 4}, 4)};
        for (size_t i = 1; i < graph.outputs.size(); ++i)
          above.push_back(Tensor::zeros(graph[graph.outputs[i]].shape.with_batch(batch)));
        executable->backward(above);
        for (const Tensor& gradient : executable->gradients()) results.push_back(gradient.clone());
        results.push_back(executable->input_gradients()[0].clone());
        return results;
      };
      const auto expected = run_both_ways(apart);
      const auto received = run_both_ways(fused);
      ASSERT_EQ(received.size(), expected.size());
      // Sums of at most 90 numbers near 1, in another order.
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_LT(largest_difference(received[i], expected[i]), 1e-5F) << "result " << i;
    }
  }
}

TEST(Executable, gradients_agree_with_central_differences) {
  const Functional model = small_network();
  const auto graph = specialize(lower(model), ops::Phase::training);
  auto executable =
      cpu_device({.threads = 2})
          ->compile(graph, {.batch_size = batch, .training = true, .input_gradients = true});
  Tensor x = random_tensor({batch, 13, 11, 3}, 1);
  const Tensor weights = random_tensor({batch, 4}, 2);
  const auto loss = [&] {
    const auto y = executable->forward({&x, 1});
    double total = 0;
    for (size_t i = 0; i < weights.values().size(); ++i)
      total += double{y[0].values()[i]} * double{weights.values()[i]};
    return total;
  };
  (void)loss();
  executable->backward({&weights, 1});
  std::vector<Tensor> gradients;
  for (const Tensor& gradient : executable->gradients()) gradients.push_back(gradient.clone());
  for (size_t v = 0; v < gradients.size(); ++v) {
    auto values = executable->variables()[v]->value().values();
    for (size_t i = 0; i < values.size(); i += values.size() / 3 + 1) {
      constexpr float step = 2e-3F;
      const float before = values[i];
      values[i] = before + step;
      executable->variables_changed();
      const double above = loss();
      values[i] = before - step;
      executable->variables_changed();
      const double below = loss();
      values[i] = before;
      executable->variables_changed();
      // Kinks of the maximum and the rectifier and float32 rounding leave about 1e-3 of
      // disagreement.
      EXPECT_NEAR(gradients[v].values()[i], (above - below) / (2 * double{step}), 3e-3)
          << executable->variables()[v]->name() << " of variable " << v << ", element " << i;
    }
  }
}

}  // namespace
}  // namespace thaw
