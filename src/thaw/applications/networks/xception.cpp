#include "thaw/applications/networks/xception.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/separable_conv_2d.h"

namespace thaw::applications {
namespace {

// Chollet 2016, figure 5: channels of the two separable convolutions of each block that halves the
// image.
struct Block {
  int index;
  int64_t first, second;
};
constexpr Block entry[] = {{2, 128, 128}, {3, 256, 256}, {4, 728, 728}};
constexpr Block exit_block{13, 728, 1024};
constexpr int64_t middle_channels = 728;

Symbol rectify(const Symbol& x, const std::string& name) {
  return activation({.activation = "relu", .name = name + "_act"})(x);
}

Symbol convolve(const Symbol& x, int64_t filters, int64_t stride, const std::string& name) {
  return rectify(batch_normalization({.name = name + "_bn"})(conv_2d({.filters = filters,
                                                                      .kernel_size = 3,
                                                                      .strides = {stride, stride},
                                                                      .use_bias = false,
                                                                      .name = name})(x)),
                 name);
}

Symbol separable(const Symbol& x, int64_t filters, const std::string& name) {
  return batch_normalization({.name = name + "_bn"})(separable_conv_2d(
      {.filters = filters, .kernel_size = 3, .padding = "same", .use_bias = false, .name = name})(
      x));
}

Symbol halve(Symbol x, const Block& block) {
  const std::string prefix = fmt::format("block{}_", block.index);
  const Symbol residual = batch_normalization()(conv_2d({.filters = block.second,
                                                         .kernel_size = 1,
                                                         .strides = 2,
                                                         .padding = "same",
                                                         .use_bias = false})(x));
  if (block.index > 2) x = rectify(x, prefix + "sepconv1");
  x = rectify(separable(x, block.first, prefix + "sepconv1"), prefix + "sepconv2");
  x = separable(x, block.second, prefix + "sepconv2");
  x = max_pooling_2d({.pool_size = 3, .strides = 2, .padding = "same", .name = prefix + "pool"})(x);
  return add()({x, residual});
}

Symbol middle(const Symbol& block_input, int index) {
  Symbol x = block_input;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = fmt::format("block{}_sepconv{}", index, i);
    x = separable(rectify(x, name), middle_channels, name);
  }
  return add()({x, block_input});
}

Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = convolve(image, 32, 2, "block1_conv1");
  x = convolve(x, 64, 1, "block1_conv2");
  for (const Block& block : entry) x = halve(x, block);
  for (int index = 5; index <= 12; ++index) x = middle(x, index);
  x = halve(x, exit_block);
  x = rectify(separable(x, 1536, "block14_sepconv1"), "block14_sepconv1");
  x = rectify(separable(x, 2048, "block14_sepconv2"), "block14_sepconv2");
  const PoolingNames names{.average = options.include_top ? "avg_pool" : ""};
  return finish(image, classify(x, options, names), options, "xception");
}

WeightsFile weights_file(const Options& options) {
  return usual_weights_file("xception", "xception", options, "0a58e3b7378bc2990ea3b43d5981f1f6",
                            "b0042744bf5b25fce3cb969f33bebb97");
}

constexpr Application networks[] = {{.name = "xception",
                                     .keras_name = "Xception",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "tf",
                                     .parameters = 22'910'480,
                                     .base_parameters = 20'861'480,
                                     .top_1_accuracy = 0.790,
                                     .default_size = 299,
                                     .minimum_size = 71}};

}  // namespace

Functional xception(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily xception;
constinit const ApplicationFamily xception{applications::networks};
}  // namespace thaw::application_families
