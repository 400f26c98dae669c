#include "thaw/applications/networks/densenet.h"

#include <fmt/format.h>

#include <array>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/average_pooling_2d.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Huang et al. 2016, table 1: layers of each of the four dense blocks.
struct Depth {
  std::string_view name;
  std::array<int, 4> layers;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source
};
constexpr Depth depth_121{"densenet121",
                          {6, 12, 24, 16},
                          "9d60b8095a5708f2dcce2bca79d332c7",
                          "30ee3e1110167f948a6b9946edeeb738"};
constexpr Depth depth_169{"densenet169",
                          {6, 12, 32, 32},
                          "d699b8f76981ab1b30698df4c175e90b",
                          "b8c4d4c20dd625c148057b9ff1c1176b"};
constexpr Depth depth_201{"densenet201",
                          {6, 12, 48, 32},
                          "1ceb130c1ea1b78c3bf6114dbdfd8807",
                          "c13680b51ded0fb44dff2d8f86ac8bb1"};
constexpr int64_t growth_rate = 32;

Symbol normalize_and_rectify(const Symbol& x, const std::string& prefix) {
  return activation({.activation = "relu", .name = prefix + "relu"})(
      batch_normalization({.epsilon = 1.001e-5F, .name = prefix + "bn"})(x));
}

Symbol convolve(const Symbol& x, int64_t filters, int size, std::string name) {
  return conv_2d({.filters = filters,
                  .kernel_size = size,
                  .padding = size == 1 ? "valid" : "same",
                  .use_bias = false,
                  .name = std::move(name)})(x);
}

/// Adds growth_rate channels to those that come in.
Symbol dense_layer(const Symbol& before, const std::string& name) {
  Symbol x = normalize_and_rectify(before, name + "_0_");
  x = convolve(x, 4 * growth_rate, 1, name + "_1_conv");
  x = convolve(normalize_and_rectify(x, name + "_1_"), growth_rate, 3, name + "_2_conv");
  return concatenate({.name = name + "_concat"})({before, x});
}

/// Halves the channels and the image.
Symbol transition(Symbol x, const std::string& name) {
  x = normalize_and_rectify(x, name + "_");
  x = convolve(x, x.shape().last() / 2, 1, name + "_conv");
  return average_pooling_2d({.pool_size = 2, .strides = 2, .name = name + "_pool"})(x);
}

template <const Depth& depth>
Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = zero_padding_2d({.padding = {3, 3, 3, 3}})(image);
  x = conv_2d(
      {.filters = 64, .kernel_size = 7, .strides = 2, .use_bias = false, .name = "conv1_conv"})(x);
  x = zero_padding_2d({.padding = {1, 1, 1, 1}})(normalize_and_rectify(x, "conv1_"));
  x = max_pooling_2d({.pool_size = 3, .strides = 2, .name = "pool1"})(x);
  for (size_t block = 0; block < 4; ++block) {
    for (int i = 1; i <= depth.layers[block]; ++i)
      x = dense_layer(x, fmt::format("conv{}_block{}", block + 2, i));
    if (block < 3) x = transition(x, fmt::format("pool{}", block + 2));
  }
  x = normalize_and_rectify(x, "");
  x = classify(x, options, {.average = "avg_pool", .maximum = "max_pool"});
  return finish(image, x, options, std::string(depth.name));
}

template <const Depth& depth>
WeightsFile weights_file(const Options& options) {
  return usual_weights_file(depth.name, "densenet", options, depth.hash, depth.hash_without_top);
}

constexpr Application networks[] = {{.name = "densenet121",
                                     .keras_name = "DenseNet121",
                                     .build = build<depth_121>,
                                     .weights_file = weights_file<depth_121>,
                                     .preprocessing = "torch",
                                     .parameters = 8'062'504,
                                     .base_parameters = 7'037'504,
                                     .top_1_accuracy = 0.750},
                                    {.name = "densenet169",
                                     .keras_name = "DenseNet169",
                                     .build = build<depth_169>,
                                     .weights_file = weights_file<depth_169>,
                                     .preprocessing = "torch",
                                     .parameters = 14'307'880,
                                     .base_parameters = 12'642'880,
                                     .top_1_accuracy = 0.762},
                                    {.name = "densenet201",
                                     .keras_name = "DenseNet201",
                                     .build = build<depth_201>,
                                     .weights_file = weights_file<depth_201>,
                                     .preprocessing = "torch",
                                     .parameters = 20'242'984,
                                     .base_parameters = 18'321'984,
                                     .top_1_accuracy = 0.773}};

}  // namespace

Functional densenet121(const Options& options) { return create(networks[0], options); }
Functional densenet169(const Options& options) { return create(networks[1], options); }
Functional densenet201(const Options& options) { return create(networks[2], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily densenet;
constinit const ApplicationFamily densenet{applications::networks};
}  // namespace thaw::application_families
