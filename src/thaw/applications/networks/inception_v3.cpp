#include "thaw/applications/networks/inception_v3.h"

#include <fmt/format.h>

#include "thaw/applications/inception.h"

namespace thaw::applications {
namespace {

// Szegedy et al. 2015, table 1 and figures 5 to 10: blocks by the size that images of 299 have
// there.
Symbol block_35(Inception& network, const Symbol& x, int64_t pooled, const std::string& name) {
  const Symbol one = network.convolve(x, {64});
  const Symbol five = network.chain(x, {{48}, {64, 5}});
  const Symbol three = network.chain(x, {{64}, {96, 3}, {96, 3}});
  return network.join({one, five, three, network.average_and_convolve(x, pooled)}, name);
}

Symbol reduce_35(Inception& network, const Symbol& x) {
  const Symbol three = network.convolve(x, {384, 3, 2});
  const Symbol twice = network.chain(x, {{64}, {96, 3}, {96, 3, 2}});
  return network.join({three, twice, network.halve(x)}, "mixed3");
}

Symbol block_17(Inception& network, const Symbol& x, int64_t n, const std::string& name) {
  const Size2 row{1, 7};
  const Size2 column{7, 1};
  const Symbol one = network.convolve(x, {192});
  const Symbol seven = network.chain(x, {{n}, {n, row}, {192, column}});
  const Symbol twice = network.chain(x, {{n}, {n, column}, {n, row}, {n, column}, {192, row}});
  return network.join({one, seven, twice, network.average_and_convolve(x, 192)}, name);
}

Symbol reduce_17(Inception& network, const Symbol& x) {
  const Size2 row{1, 7};
  const Size2 column{7, 1};
  const Symbol three = network.chain(x, {{192}, {320, 3, 2}});
  const Symbol seven = network.chain(x, {{192}, {192, row}, {192, column}, {192, 3, 2}});
  return network.join({three, seven, network.halve(x)}, "mixed8");
}

/// A row and a column of three beside each other.
Symbol fan_out(Inception& network, const Symbol& x, const std::string& name = "") {
  const Symbol left = network.convolve(x, {384, {1, 3}});
  const Symbol right = network.convolve(x, {384, {3, 1}});
  return network.join({left, right}, name);
}

Symbol block_8(Inception& network, const Symbol& x, int index) {
  const Symbol one = network.convolve(x, {320});
  const Symbol three =
      fan_out(network, network.convolve(x, {384}), fmt::format("mixed9_{}", index));
  const Symbol twice = fan_out(network, network.chain(x, {{448}, {384, 3}}));
  return network.join({one, three, twice, network.average_and_convolve(x, 192)},
                      fmt::format("mixed{}", 9 + index));
}

Functional build(const Options& options) {
  Inception network;
  const Symbol image = input(options.input_shape);
  Symbol x = network.stem(image);
  x = block_35(network, x, 32, "mixed0");
  x = block_35(network, x, 64, "mixed1");
  x = block_35(network, x, 64, "mixed2");
  x = reduce_35(network, x);
  x = block_17(network, x, 128, "mixed4");
  x = block_17(network, x, 160, "mixed5");
  x = block_17(network, x, 160, "mixed6");
  x = block_17(network, x, 192, "mixed7");
  x = reduce_17(network, x);
  x = block_8(network, x, 0);
  x = block_8(network, x, 1);
  const PoolingNames names{.average = options.include_top ? "avg_pool" : ""};
  return finish(image, classify(x, options, names), options, "inception_v3");
}

WeightsFile weights_file(const Options& options) {
  return usual_weights_file("inception_v3", "inception_v3", options,
                            "9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63");
}

constexpr Application networks[] = {{.name = "inception_v3",
                                     .keras_name = "InceptionV3",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "tf",
                                     .parameters = 23'851'784,
                                     .base_parameters = 21'802'784,
                                     .top_1_accuracy = 0.779,
                                     .default_size = 299,
                                     .minimum_size = 75}};

}  // namespace

Functional inception_v3(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily inception_v3;
constinit const ApplicationFamily inception_v3{applications::networks};
}  // namespace thaw::application_families
