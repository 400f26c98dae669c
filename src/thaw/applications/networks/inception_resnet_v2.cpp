#include "thaw/applications/networks/inception_resnet_v2.h"

#include <fmt/format.h>

#include "thaw/applications/inception.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/custom_scale_layer.h"

namespace thaw::applications {
namespace {

// Szegedy et al. 2016, figures 10 to 13 and 16 to 18: the branches of each kind of residual block,
// and how much of them is added.
struct Residual {
  std::string name;
  int repeats;
  float scale;
  std::vector<Inception::Branch> branches;
};

Symbol residual(Inception& network, const Symbol& x, const Residual& block, int index) {
  const std::string name = fmt::format("{}_{}", block.name, index);
  // The last block of all is added whole and not rectified.
  const bool is_last = block.name == "block8" && index == block.repeats;
  std::vector<Symbol> branches;
  for (const auto& branch : block.branches) branches.push_back(network.chain(x, branch));
  const Symbol up = conv_2d(
      {.filters = x.shape().last(), .kernel_size = 1, .padding = "same", .name = name + "_conv"})(
      network.join(branches, name + "_mixed"));
  const Symbol sum = custom_scale_layer({.scale = is_last ? 1.0F : block.scale})({x, up});
  return is_last ? sum : activation({.activation = "relu", .name = name + "_ac"})(sum);
}

Symbol repeat(Inception& network, Symbol x, const Residual& block) {
  for (int index = 1; index <= block.repeats; ++index) x = residual(network, x, block, index);
  return x;
}

Functional build(const Options& options) {
  Inception network;
  const auto branch = [&](const Symbol& x, const Inception::Branch& convolutions) {
    return network.chain(x, convolutions);
  };
  const Symbol image = input(options.input_shape);
  Symbol x = network.stem(image);
  const Symbol one = branch(x, {{96}});
  const Symbol five = branch(x, {{48}, {64, 5}});
  const Symbol twice = branch(x, {{64}, {96, 3}, {96, 3}});
  x = network.join({one, five, twice, network.average_and_convolve(x, 64)}, "mixed_5b");
  x = repeat(network, x,
             {"block35", 10, 0.17F, {{{32}}, {{32}, {32, 3}}, {{32}, {48, 3}, {64, 3}}}});
  const Symbol half = branch(x, {{384, 3, 2}});
  const Symbol later = branch(x, {{256}, {256, 3}, {384, 3, 2}});
  x = network.join({half, later, network.halve(x)}, "mixed_6a");
  x = repeat(network, x, {"block17", 20, 0.1F, {{{192}}, {{128}, {160, {1, 7}}, {192, {7, 1}}}}});
  const Symbol first = branch(x, {{256}, {384, 3, 2}});
  const Symbol second = branch(x, {{256}, {288, 3, 2}});
  const Symbol third = branch(x, {{256}, {288, 3}, {320, 3, 2}});
  x = network.join({first, second, third, network.halve(x)}, "mixed_7a");
  x = repeat(network, x, {"block8", 10, 0.2F, {{{192}}, {{192}, {224, {1, 3}}, {256, {3, 1}}}}});
  x = network.convolve(x, {.filters = 1536, .name = "conv_7b"});
  const PoolingNames names{.average = options.include_top ? "avg_pool" : ""};
  return finish(image, classify(x, options, names), options, "inception_resnet_v2");
}

WeightsFile weights_file(const Options& options) {
  return usual_weights_file("inception_resnet_v2", "inception_resnet_v2", options,
                            "e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4");
}

constexpr Application networks[] = {{.name = "inception_resnet_v2",
                                     .keras_name = "InceptionResNetV2",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "tf",
                                     .parameters = 55'873'736,
                                     .base_parameters = 54'336'736,
                                     .top_1_accuracy = 0.803,
                                     .default_size = 299,
                                     .minimum_size = 75}};

}  // namespace

Functional inception_resnet_v2(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily inception_resnet_v2;
constinit const ApplicationFamily inception_resnet_v2{applications::networks};
}  // namespace thaw::application_families
