#include "thaw/applications/networks/squeezenet.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"

namespace thaw::applications {
namespace {

// Iandola et al. 2016, table 1, as version 1.1 rearranged it: channels of the squeezing and of
// each of the two expanding convolutions, and whether a pooling layer follows.
struct Fire {
  int64_t squeeze, expand;
  bool pool;
};
constexpr Fire fires[] = {{16, 64, false},  {16, 64, true},   {32, 128, false}, {32, 128, true},
                          {48, 192, false}, {48, 192, false}, {64, 256, false}, {64, 256, false}};

Symbol halve(const Symbol& x, int index) {
  return max_pooling_2d({.pool_size = 3, .strides = 2, .name = fmt::format("pool{}", index)})(x);
}

Symbol rectified(const Symbol& x, int64_t filters, int size, const std::string& path,
                 const std::string& name) {
  return activation({.activation = "relu", .name = path + "relu_" + name})(conv_2d(
      {.filters = filters, .kernel_size = size, .padding = "same", .name = path + name})(x));
}

Symbol fire(Symbol x, const Fire& sizes, int index) {
  const std::string path = fmt::format("fire{}/", index);
  x = rectified(x, sizes.squeeze, 1, path, "squeeze1x1");
  const Symbol left = rectified(x, sizes.expand, 1, path, "expand1x1");
  const Symbol right = rectified(x, sizes.expand, 3, path, "expand3x3");
  return concatenate({.name = path + "concat"})({left, right});
}

Symbol top(Symbol x, const Options& options) {
  x = dropout({.rate = 0.5F, .name = "drop9"})(x);
  x = rectified(x, options.classes, 1, "", "conv10");
  x = global_average_pooling_2d()(x);
  return activation({.activation = options.classifier_activation, .name = "loss"})(x);
}

Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = conv_2d({.filters = 64, .kernel_size = 3, .strides = 2, .name = "conv1"})(image);
  x = halve(activation({.activation = "relu", .name = "relu_conv1"})(x), 1);
  int index = 2;
  for (const Fire& sizes : fires) {
    x = fire(x, sizes, index);
    if (sizes.pool) x = halve(x, index);
    ++index;
  }
  x = options.include_top ? top(x, options) : pool(x, options);
  return finish(image, x, options, "squeezenet");
}

WeightsFile weights_file(const Options&) {
  throw UsageError(
      "Keras publishes no weights for SqueezeNet: name a file, or \"none\" for random weights");
}

constexpr Application networks[] = {{.name = "squeezenet",
                                     .keras_name = "SqueezeNet",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "caffe",
                                     .parameters = 1'235'496,
                                     .base_parameters = 722'496,
                                     .default_size = 227}};

}  // namespace

Functional squeezenet(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily squeezenet;
constinit const ApplicationFamily squeezenet{applications::networks};
}  // namespace thaw::application_families
