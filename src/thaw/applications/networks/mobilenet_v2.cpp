#include "thaw/applications/networks/mobilenet_v2.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Sandler et al. 2018, table 2.
struct Stage {
  int64_t expansion, channels;
  int repeats;
  int64_t stride;
};
constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                            {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

Symbol normalize(const Symbol& x, std::string name) {
  return batch_normalization({.momentum = 0.999F, .name = std::move(name)})(x);
}

Symbol relu6(const Symbol& x, std::string name) {
  return relu({.max_value = 6.0F, .name = std::move(name)})(x);
}

Symbol pointwise(const Symbol& x, int64_t filters, std::string name) {
  return conv_2d({.filters = filters,
                  .kernel_size = 1,
                  .padding = "same",
                  .use_bias = false,
                  .name = std::move(name)})(x);
}

Symbol inverted_residual(const Symbol& block_input, int64_t expansion, int64_t channels,
                         int64_t stride, int block) {
  const std::string prefix = block == 0 ? "expanded_conv_" : fmt::format("block_{}_", block);
  const int64_t in = block_input.shape().last();
  Symbol x = block_input;
  if (block > 0) {
    x = pointwise(x, expansion * in, prefix + "expand");
    x = relu6(normalize(x, prefix + "expand_BN"), prefix + "expand_relu");
  }
  if (stride == 2)
    x = zero_padding_2d({.padding = padding_of_strided(x.shape(), 3), .name = prefix + "pad"})(x);
  x = depthwise_conv_2d({.kernel_size = 3,
                         .strides = {stride, stride},
                         .padding = stride == 1 ? "same" : "valid",
                         .use_bias = false,
                         .name = prefix + "depthwise"})(x);
  x = relu6(normalize(x, prefix + "depthwise_BN"), prefix + "depthwise_relu");
  x = normalize(pointwise(x, channels, prefix + "project"), prefix + "project_BN");
  if (in == channels && stride == 1) x = add({.name = prefix + "add"})({block_input, x});
  return x;
}

Functional build(const Options& options) {
  const double alpha = options.own.as<MobileNetV2Options>().alpha;
  const Symbol image = input(options.input_shape);
  Symbol x = conv_2d({.filters = make_divisible(32 * alpha),
                      .kernel_size = 3,
                      .strides = 2,
                      .padding = "same",
                      .use_bias = false,
                      .name = "Conv1"})(image);
  x = relu6(normalize(x, "bn_Conv1"), "Conv1_relu");
  int block = 0;
  for (const Stage& stage : stages) {
    // The paper's reference code cuts the scaled width off before it rounds it.
    const auto cut = static_cast<int64_t>(static_cast<double>(stage.channels) * alpha);
    const int64_t channels = make_divisible(static_cast<double>(cut));
    for (int i = 0; i < stage.repeats; ++i)
      x = inverted_residual(x, stage.expansion, channels, i == 0 ? stage.stride : 1, block++);
  }
  x = conv_2d({.filters = alpha > 1 ? make_divisible(1280 * alpha) : 1280,
               .kernel_size = 1,
               .use_bias = false,
               .name = "Conv_1"})(x);
  x = relu6(normalize(x, "Conv_1_bn"), "out_relu");
  return finish(image, classify(x, options), options,
                fmt::format("mobilenetv2_{:.2f}_{}", alpha, options.input_shape[0]));
}

WeightsFile weights_file(const Options& options) {
  const auto own = options.own.as<MobileNetV2Options>();
  std::string_view width;
  for (const auto& [alpha, text] : {std::pair{0.35, "0.35"},
                                    {0.5, "0.5"},
                                    {0.75, "0.75"},
                                    {1.0, "1.0"},
                                    {1.3, "1.3"},
                                    {1.4, "1.4"}}) {
    if (own.alpha == alpha) width = text;
  }
  if (width.empty()) {
    throw UsageError(fmt::format(
        "expected an alpha that ImageNet weights exist for (0.35, 0.5, 0.75, 1.0, 1.3, 1.4), "
        "received {}",
        own.alpha));
  }
  const int64_t size = trained_size(options.input_shape, {96, 128, 160, 192, 224});
  return {.name = fmt::format("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}_{}{}.h5", width,
                              size, options.include_top ? "" : "_no_top"),
          .address = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/",
          .hash = ""};
}

constexpr Application networks[] = {{.name = "mobilenet_v2",
                                     .keras_name = "MobileNetV2",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "tf",
                                     .parameters = 3'538'984,
                                     .base_parameters = 2'257'984,
                                     .top_1_accuracy = 0.713,
                                     .own_options = &defaults<MobileNetV2Options>}};

}  // namespace

void MobileNetV2Options::check() const { check_alpha(alpha); }

Functional mobilenet_v2(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily mobilenet_v2;
constinit const ApplicationFamily mobilenet_v2{applications::networks};
}  // namespace thaw::application_families
