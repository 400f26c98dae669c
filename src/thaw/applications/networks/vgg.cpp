#include "thaw/applications/networks/vgg.h"

#include <fmt/format.h>

#include <array>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/max_pooling_2d.h"

namespace thaw::applications {
namespace {

// Simonyan and Zisserman 2014, table 1, columns D and E: 3×3 convolutions before each pooling.
constexpr std::array<int64_t, 5> channels{64, 128, 256, 512, 512};
struct Depth {
  std::string_view name;
  std::array<int, 5> repeats;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source
};
constexpr Depth depth_16{"vgg16",
                         {2, 2, 3, 3, 3},
                         "64373286793e3c8b2b4e3219cbf3544b",
                         "6d6bbae143d832006294945121d1f1fc"};
constexpr Depth depth_19{"vgg19",
                         {2, 2, 4, 4, 4},
                         "cbe5617147190e668d6c5d5026f83318",
                         "253f8cb515780f3b799900260a226db6"};

Symbol top(Symbol x, const Options& options) {
  x = flatten({.name = "flatten"})(x);
  for (const char* name : {"fc1", "fc2"})
    x = dense({.units = 4096, .activation = "relu", .name = name})(x);
  return dense({.units = options.classes,
                .activation = options.classifier_activation,
                .name = "predictions"})(x);
}

template <const Depth& depth>
Functional build(const Options& options) {
  const Symbol image = input(options.input_shape);
  Symbol x = image;
  for (size_t block = 0; block < channels.size(); ++block) {
    const std::string prefix = fmt::format("block{}_", block + 1);
    for (int i = 1; i <= depth.repeats[block]; ++i) {
      x = conv_2d({.filters = channels[block],
                   .kernel_size = 3,
                   .padding = "same",
                   .activation = "relu",
                   .name = fmt::format("{}conv{}", prefix, i)})(x);
    }
    x = max_pooling_2d({.pool_size = 2, .strides = 2, .name = prefix + "pool"})(x);
  }
  x = options.include_top ? top(x, options) : pool(x, options);
  return finish(image, x, options, std::string(depth.name));
}

template <const Depth& depth>
WeightsFile weights_file(const Options& options) {
  return usual_weights_file(depth.name, depth.name, options, depth.hash, depth.hash_without_top);
}

constexpr Application networks[] = {{.name = "vgg16",
                                     .keras_name = "VGG16",
                                     .build = build<depth_16>,
                                     .weights_file = weights_file<depth_16>,
                                     .preprocessing = "caffe",
                                     .parameters = 138'357'544,
                                     .base_parameters = 14'714'688,
                                     .top_1_accuracy = 0.713},
                                    {.name = "vgg19",
                                     .keras_name = "VGG19",
                                     .build = build<depth_19>,
                                     .weights_file = weights_file<depth_19>,
                                     .preprocessing = "caffe",
                                     .parameters = 143'667'240,
                                     .base_parameters = 20'024'384,
                                     .top_1_accuracy = 0.713}};

}  // namespace

Functional vgg16(const Options& options) { return create(networks[0], options); }
Functional vgg19(const Options& options) { return create(networks[1], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily vgg;
constinit const ApplicationFamily vgg{applications::networks};
}  // namespace thaw::application_families
