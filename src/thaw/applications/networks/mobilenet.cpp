#include "thaw/applications/networks/mobilenet.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/reshape.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Howard et al. 2017, table 1: the output channels and stride of each separable convolution.
struct Block {
  int64_t channels, stride;
};
constexpr Block blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                            {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};

Symbol normalize_and_clip(const Symbol& x, const std::string& name) {
  return relu({.max_value = 6.0F, .name = name + "_relu"})(
      batch_normalization({.name = name + "_bn"})(x));
}

Symbol separable(Symbol x, int64_t channels, int64_t stride, int64_t depth_multiplier, int block) {
  if (stride == 2)
    x = zero_padding_2d({.padding = {0, 1, 0, 1}, .name = fmt::format("conv_pad_{}", block)})(x);
  const std::string depthwise = fmt::format("conv_dw_{}", block);
  x = depthwise_conv_2d({.kernel_size = 3,
                         .strides = {stride, stride},
                         .padding = stride == 1 ? "same" : "valid",
                         .depth_multiplier = depth_multiplier,
                         .use_bias = false,
                         .name = depthwise})(x);
  x = normalize_and_clip(x, depthwise);
  const std::string pointwise = fmt::format("conv_pw_{}", block);
  x = conv_2d({.filters = channels,
               .kernel_size = 1,
               .padding = "same",
               .use_bias = false,
               .name = pointwise})(x);
  return normalize_and_clip(x, pointwise);
}

/// The classifier is a 1×1 convolution here.
Symbol top(Symbol x, const Options& options, const MobileNetOptions& own) {
  x = global_average_pooling_2d({.keepdims = true})(x);
  x = dropout({.rate = static_cast<float>(own.dropout), .name = "dropout"})(x);
  x = conv_2d(
      {.filters = options.classes, .kernel_size = 1, .padding = "same", .name = "conv_preds"})(x);
  x = reshape({.target_shape = {options.classes}, .name = "reshape_2"})(x);
  return activation({.activation = options.classifier_activation, .name = "predictions"})(x);
}

Functional build(const Options& options) {
  const auto own = options.own.as<MobileNetOptions>();
  const auto scaled = [&](int64_t channels) {
    return static_cast<int64_t>(static_cast<double>(channels) * own.alpha);
  };
  const Symbol image = input(options.input_shape);
  Symbol x = conv_2d({.filters = scaled(32),
                      .kernel_size = 3,
                      .strides = 2,
                      .padding = "same",
                      .use_bias = false,
                      .name = "conv1"})(image);
  x = normalize_and_clip(x, "conv1");
  int block = 1;
  for (const auto& [channels, stride] : blocks)
    x = separable(x, scaled(channels), stride, own.depth_multiplier, block++);
  x = options.include_top ? top(x, options, own) : pool(x, options);
  return finish(image, x, options,
                fmt::format("mobilenet_{:.2f}_{}", own.alpha, options.input_shape[0]));
}

WeightsFile weights_file(const Options& options) {
  const auto own = options.own.as<MobileNetOptions>();
  std::string_view width;
  for (const auto& [alpha, text] :
       {std::pair{0.25, "2_5"}, {0.5, "5_0"}, {0.75, "7_5"}, {1.0, "1_0"}}) {
    if (own.alpha == alpha) width = text;
  }
  if (width.empty() || own.depth_multiplier != 1) {
    throw UsageError(fmt::format(
        "expected an alpha that ImageNet weights exist for (0.25, 0.5, 0.75, 1.0) and a "
        "depth_multiplier of 1, received {} and {}",
        own.alpha, own.depth_multiplier));
  }
  const int64_t size = trained_size(options.input_shape, {128, 160, 192, 224});
  return {.name = fmt::format("mobilenet_{}_{}_tf{}.h5", width, size,
                              options.include_top ? "" : "_no_top"),
          .address = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/",
          .hash = ""};
}

constexpr Application networks[] = {{.name = "mobilenet",
                                     .keras_name = "MobileNet",
                                     .build = build,
                                     .weights_file = weights_file,
                                     .preprocessing = "tf",
                                     .parameters = 4'253'864,
                                     .base_parameters = 3'228'864,
                                     .top_1_accuracy = 0.704,
                                     .own_options = &defaults<MobileNetOptions>}};

}  // namespace

void MobileNetOptions::check() const {
  check_alpha(alpha);
  check_dropout(dropout);
  if (depth_multiplier < 1 || depth_multiplier > 64) {
    throw UsageError(
        fmt::format("expected a depth_multiplier from 1 to 64, received {}", depth_multiplier));
  }
}

Functional mobilenet(const Options& options) { return create(networks[0], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily mobilenet;
constinit const ApplicationFamily mobilenet{applications::networks};
}  // namespace thaw::application_families
