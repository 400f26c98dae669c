#include "thaw/applications/networks/resnet_v2.h"

#include <fmt/format.h>

#include <array>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// He et al. 2015, table 1: how often each of the four stages repeats its block.
struct Depth {
  std::string_view name;
  std::array<int, 4> repeats;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source
};
constexpr Depth depth_50{"resnet50v2",
                         {3, 4, 6, 3},
                         "3ef43a0b657b3be2300d5770ece849e0",
                         "fac2f116257151a9d068a22e544a4917"};
constexpr Depth depth_101{"resnet101v2",
                          {3, 4, 23, 3},
                          "6343647c601c52e1368623803854d971",
                          "c0ed64b8031c3730f411d2eb4eea35b5"};
constexpr Depth depth_152{"resnet152v2",
                          {3, 8, 36, 3},
                          "a49b44d1979771252814e80f8ec446f9",
                          "ed17cf2e0169df9d443503ef94b23b33"};

Symbol normalize_and_rectify(const Symbol& x, const std::string& prefix) {
  return activation({.activation = "relu", .name = prefix + "relu"})(
      batch_normalization({.epsilon = 1.001e-5F, .name = prefix + "bn"})(x));
}

/// The block of full pre-activation: normalized before each convolution, added without.
Symbol residual(const Symbol& block_input, int64_t filters, int64_t stride, bool project,
                const std::string& name) {
  const Symbol before = normalize_and_rectify(block_input, name + "_preact_");
  Symbol shortcut = block_input;
  if (project) {
    shortcut = conv_2d({.filters = 4 * filters,
                        .kernel_size = 1,
                        .strides = {stride, stride},
                        .name = name + "_0_conv"})(before);
  } else if (stride > 1) {
    shortcut = max_pooling_2d({.pool_size = 1, .strides = Size2{stride, stride}})(block_input);
  }
  Symbol x = conv_2d(
      {.filters = filters, .kernel_size = 1, .use_bias = false, .name = name + "_1_conv"})(before);
  x = normalize_and_rectify(x, name + "_1_");
  x = zero_padding_2d({.padding = {1, 1, 1, 1}, .name = name + "_2_pad"})(x);
  x = conv_2d({.filters = filters,
               .kernel_size = 3,
               .strides = {stride, stride},
               .use_bias = false,
               .name = name + "_2_conv"})(x);
  x = normalize_and_rectify(x, name + "_2_");
  x = conv_2d({.filters = 4 * filters, .kernel_size = 1, .name = name + "_3_conv"})(x);
  return add({.name = name + "_out"})({shortcut, x});
}

template <const Depth& depth>
Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = zero_padding_2d({.padding = {3, 3, 3, 3}, .name = "conv1_pad"})(image);
  x = conv_2d({.filters = 64, .kernel_size = 7, .strides = 2, .name = "conv1_conv"})(x);
  x = zero_padding_2d({.padding = {1, 1, 1, 1}, .name = "pool1_pad"})(x);
  x = max_pooling_2d({.pool_size = 3, .strides = 2, .name = "pool1_pool"})(x);
  for (size_t stage = 0; stage < 4; ++stage) {
    const int repeats = depth.repeats[stage];
    for (int block = 1; block <= repeats; ++block) {
      const int64_t stride = block == repeats && stage < 3 ? 2 : 1;
      x = residual(x, int64_t{64} << stage, stride, block == 1,
                   fmt::format("conv{}_block{}", stage + 2, block));
    }
  }
  x = normalize_and_rectify(x, "post_");
  x = classify(x, options, {.average = "avg_pool", .maximum = "max_pool"});
  return finish(image, x, options, std::string(depth.name));
}

template <const Depth& depth>
WeightsFile weights_file(const Options& options) {
  return usual_weights_file(depth.name, "resnet", options, depth.hash, depth.hash_without_top);
}

constexpr Application networks[] = {{.name = "resnet50_v2",
                                     .keras_name = "ResNet50V2",
                                     .build = build<depth_50>,
                                     .weights_file = weights_file<depth_50>,
                                     .preprocessing = "tf",
                                     .parameters = 25'613'800,
                                     .base_parameters = 23'564'800,
                                     .top_1_accuracy = 0.760},
                                    {.name = "resnet101_v2",
                                     .keras_name = "ResNet101V2",
                                     .build = build<depth_101>,
                                     .weights_file = weights_file<depth_101>,
                                     .preprocessing = "tf",
                                     .parameters = 44'675'560,
                                     .base_parameters = 42'626'560,
                                     .top_1_accuracy = 0.772},
                                    {.name = "resnet152_v2",
                                     .keras_name = "ResNet152V2",
                                     .build = build<depth_152>,
                                     .weights_file = weights_file<depth_152>,
                                     .preprocessing = "tf",
                                     .parameters = 60'380'648,
                                     .base_parameters = 58'331'648,
                                     .top_1_accuracy = 0.780}};

}  // namespace

Functional resnet50_v2(const Options& options) { return create(networks[0], options); }
Functional resnet101_v2(const Options& options) { return create(networks[1], options); }
Functional resnet152_v2(const Options& options) { return create(networks[2], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily resnet_v2;
constinit const ApplicationFamily resnet_v2{applications::networks};
}  // namespace thaw::application_families
