#include "thaw/applications/networks/resnet.h"

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
constexpr Depth depth_50{"resnet50",
                         {3, 4, 6, 3},
                         "2cb95161c43110f7111970584f804107",
                         "4d473c1dd8becc155b73f8504c6f6626"};
constexpr Depth depth_101{"resnet101",
                          {3, 4, 23, 3},
                          "f1aeb4b969a6efcfb50fad2f0c20cfc5",
                          "88cf7a10940856eca736dc7b7e228a21"};
constexpr Depth depth_152{"resnet152",
                          {3, 8, 36, 3},
                          "100835be76be38e30d865e96f2aaae62",
                          "ee4c566cf9a93f14d82f913c2dc6dd0c"};

Symbol rectify(const Symbol& x, std::string name) {
  return activation({.activation = "relu", .name = std::move(name)})(x);
}

/// A convolution and its normalization, as part `part` of a block.
Symbol convolve(Symbol x, int64_t filters, int size, int64_t stride, const std::string& part) {
  x = conv_2d({.filters = filters,
               .kernel_size = size,
               .strides = {stride, stride},
               .padding = size == 1 ? "valid" : "same",
               .name = part + "_conv"})(x);
  return batch_normalization({.epsilon = 1.001e-5F, .name = part + "_bn"})(x);
}

Symbol residual(const Symbol& block_input, int64_t filters, int64_t stride, bool project,
                const std::string& name) {
  const Symbol shortcut =
      project ? convolve(block_input, 4 * filters, 1, stride, name + "_0") : block_input;
  Symbol x = rectify(convolve(block_input, filters, 1, stride, name + "_1"), name + "_1_relu");
  x = rectify(convolve(x, filters, 3, 1, name + "_2"), name + "_2_relu");
  x = convolve(x, 4 * filters, 1, 1, name + "_3");
  return rectify(add({.name = name + "_add"})({shortcut, x}), name + "_out");
}

template <const Depth& depth>
Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = zero_padding_2d({.padding = {3, 3, 3, 3}, .name = "conv1_pad"})(image);
  x = conv_2d({.filters = 64, .kernel_size = 7, .strides = 2, .name = "conv1_conv"})(x);
  x = rectify(batch_normalization({.epsilon = 1.001e-5F, .name = "conv1_bn"})(x), "conv1_relu");
  x = zero_padding_2d({.padding = {1, 1, 1, 1}, .name = "pool1_pad"})(x);
  x = max_pooling_2d({.pool_size = 3, .strides = 2, .name = "pool1_pool"})(x);
  for (size_t stage = 0; stage < 4; ++stage) {
    for (int block = 1; block <= depth.repeats[stage]; ++block) {
      const int64_t stride = block == 1 && stage > 0 ? 2 : 1;
      x = residual(x, int64_t{64} << stage, stride, block == 1,
                   fmt::format("conv{}_block{}", stage + 2, block));
    }
  }
  x = classify(x, options, {.average = "avg_pool", .maximum = "max_pool"});
  return finish(image, x, options, std::string(depth.name));
}

template <const Depth& depth>
WeightsFile weights_file(const Options& options) {
  return usual_weights_file(depth.name, "resnet", options, depth.hash, depth.hash_without_top);
}

constexpr Application networks[] = {{.name = "resnet50",
                                     .keras_name = "ResNet50",
                                     .build = build<depth_50>,
                                     .weights_file = weights_file<depth_50>,
                                     .preprocessing = "caffe",
                                     .parameters = 25'636'712,
                                     .base_parameters = 23'587'712,
                                     .top_1_accuracy = 0.749},
                                    {.name = "resnet101",
                                     .keras_name = "ResNet101",
                                     .build = build<depth_101>,
                                     .weights_file = weights_file<depth_101>,
                                     .preprocessing = "caffe",
                                     .parameters = 44'707'176,
                                     .base_parameters = 42'658'176,
                                     .top_1_accuracy = 0.764},
                                    {.name = "resnet152",
                                     .keras_name = "ResNet152",
                                     .build = build<depth_152>,
                                     .weights_file = weights_file<depth_152>,
                                     .preprocessing = "caffe",
                                     .parameters = 60'419'944,
                                     .base_parameters = 58'370'944,
                                     .top_1_accuracy = 0.766}};

}  // namespace

Functional resnet50(const Options& options) { return create(networks[0], options); }
Functional resnet101(const Options& options) { return create(networks[1], options); }
Functional resnet152(const Options& options) { return create(networks[2], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily resnet;
constinit const ApplicationFamily resnet{applications::networks};
}  // namespace thaw::application_families
