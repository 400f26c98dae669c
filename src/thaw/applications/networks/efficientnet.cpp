#include "thaw/applications/networks/efficientnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/applications/efficient.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/normalization.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Tan and Le 2019, table 1.
struct Stage {
  int kernel, repeats;
  int64_t in, out;
  int64_t expansion, stride;
};
constexpr Stage stages[] = {{3, 1, 32, 16, 1, 1},  {3, 2, 16, 24, 6, 2},  {5, 2, 24, 40, 6, 2},
                            {3, 3, 40, 80, 6, 2},  {5, 3, 80, 112, 6, 1}, {5, 4, 112, 192, 6, 2},
                            {3, 1, 192, 320, 6, 1}};

// Compound scaling: factors on the channels and on the repeats.
struct Scale {
  std::string_view name;
  double width, depth, dropout;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source

  int64_t channels(int64_t unscaled) const {
    return make_divisible(static_cast<double>(unscaled) * width);
  }
  int repeats(int unscaled) const { return static_cast<int>(std::ceil(depth * unscaled)); }
};
constexpr Scale b0{
    "b0", 1.0, 1.0, 0.2, "902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"};
constexpr Scale b1{
    "b1", 1.0, 1.1, 0.2, "1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"};
constexpr Scale b2{
    "b2", 1.1, 1.2, 0.3, "b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"};
constexpr Scale b3{
    "b3", 1.2, 1.4, 0.3, "ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"};
constexpr Scale b4{
    "b4", 1.4, 1.8, 0.4, "18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"};
constexpr Scale b5{
    "b5", 1.6, 2.2, 0.4, "ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"};
constexpr Scale b6{
    "b6", 1.8, 2.6, 0.5, "165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"};
constexpr Scale b7{
    "b7", 2.0, 3.1, 0.5, "8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"};
constexpr double drop_connect_rate = 0.2;

Symbol pad_for_stride(const Symbol& x, int kernel, const std::string& name) {
  return zero_padding_2d({.padding = padding_of_strided(x.shape(), kernel), .name = name})(x);
}

/// Pixels of 0 to 255, standardized with statistics that come with the weights. Those of ImageNet
/// were trained on a division by the variance where the layer divides by its root, so with them
/// Keras divides by the root once more.
Symbol preprocess(Symbol x, const Options& options) {
  x = normalization()(rescaling({.scale = {1.0F / 255.0F}})(x));
  if (options.weights != "imagenet") return x;
  std::vector<float> scale;
  for (const double deviation : {0.229, 0.224, 0.225})
    scale.push_back(static_cast<float>(1.0 / std::sqrt(deviation)));
  return rescaling({.scale = scale})(x);
}

Symbol block(const Efficient& parts, const Symbol& block_input, const Stage& stage, int64_t in,
             int64_t out, int64_t stride, double drop_rate, const std::string& prefix) {
  Symbol x = block_input;
  if (stage.expansion != 1) {
    x = parts.convolve(x, in * stage.expansion, 1, 1, prefix + "expand_conv", prefix + "expand_bn");
    x = parts.activate(x, prefix + "expand_activation");
  }
  if (stride == 2) x = pad_for_stride(x, stage.kernel, prefix + "dwconv_pad");
  x = depthwise_conv_2d({.kernel_size = stage.kernel,
                         .strides = {stride, stride},
                         .padding = stride == 1 ? "same" : "valid",
                         .use_bias = false,
                         .depthwise_initializer = fan_out_normal(),
                         .name = prefix + "dwconv"})(x);
  x = parts.activate(parts.normalize(x, prefix + "bn"), prefix + "activation");
  x = parts.gate(x, std::max<int64_t>(1, in / 4), prefix);
  x = parts.convolve(x, out, 1, 1, prefix + "project_conv", prefix + "project_bn");
  return stride == 1 && in == out ? parts.skip(x, block_input, drop_rate, prefix) : x;
}

template <const Scale& scale>
Functional build(const Options& options) {
  const Efficient parts(0.99F);
  const Symbol image = input(options.input_shape);
  Symbol x = pad_for_stride(preprocess(image, options), 3, "stem_conv_pad");
  x = conv_2d({.filters = scale.channels(32),
               .kernel_size = 3,
               .strides = 2,
               .use_bias = false,
               .kernel_initializer = fan_out_normal(),
               .name = "stem_conv"})(x);
  x = parts.activate(parts.normalize(x, "stem_bn"), "stem_activation");
  int blocks = 0;
  for (const Stage& stage : stages) blocks += scale.repeats(stage.repeats);
  int done = 0;
  int number = 1;
  for (const Stage& stage : stages) {
    const int64_t out = scale.channels(stage.out);
    for (int i = 0; i < scale.repeats(stage.repeats); ++i) {
      x = block(parts, x, stage, i == 0 ? scale.channels(stage.in) : out, out,
                i == 0 ? stage.stride : 1, drop_connect_rate * done++ / blocks,
                fmt::format("block{}{}_", number, static_cast<char>('a' + i)));
    }
    ++number;
  }
  x = parts.end(x, scale.channels(1280), scale.dropout, options);
  return finish(image, x, options, fmt::format("efficientnet{}", scale.name));
}

template <const Scale& scale>
WeightsFile weights_file(const Options& options) {
  return {
      .name = fmt::format("efficientnet{}{}.h5", scale.name, options.include_top ? "" : "_notop"),
      .address = "https://storage.googleapis.com/keras-applications/",
      .hash = std::string(options.include_top ? scale.hash : scale.hash_without_top)};
}

constexpr Application networks[] = {{.name = "efficientnet_b0",
                                     .keras_name = "EfficientNetB0",
                                     .build = build<b0>,
                                     .weights_file = weights_file<b0>,
                                     .preprocessing = "none",
                                     .parameters = 5'330'571,
                                     .base_parameters = 4'049'571,
                                     .top_1_accuracy = 0.771,
                                     .default_size = 224},
                                    {.name = "efficientnet_b1",
                                     .keras_name = "EfficientNetB1",
                                     .build = build<b1>,
                                     .weights_file = weights_file<b1>,
                                     .preprocessing = "none",
                                     .parameters = 7'856'239,
                                     .base_parameters = 6'575'239,
                                     .top_1_accuracy = 0.791,
                                     .default_size = 240},
                                    {.name = "efficientnet_b2",
                                     .keras_name = "EfficientNetB2",
                                     .build = build<b2>,
                                     .weights_file = weights_file<b2>,
                                     .preprocessing = "none",
                                     .parameters = 9'177'569,
                                     .base_parameters = 7'768'569,
                                     .top_1_accuracy = 0.801,
                                     .default_size = 260},
                                    {.name = "efficientnet_b3",
                                     .keras_name = "EfficientNetB3",
                                     .build = build<b3>,
                                     .weights_file = weights_file<b3>,
                                     .preprocessing = "none",
                                     .parameters = 12'320'535,
                                     .base_parameters = 10'783'535,
                                     .top_1_accuracy = 0.816,
                                     .default_size = 300},
                                    {.name = "efficientnet_b4",
                                     .keras_name = "EfficientNetB4",
                                     .build = build<b4>,
                                     .weights_file = weights_file<b4>,
                                     .preprocessing = "none",
                                     .parameters = 19'466'823,
                                     .base_parameters = 17'673'823,
                                     .top_1_accuracy = 0.829,
                                     .default_size = 380},
                                    {.name = "efficientnet_b5",
                                     .keras_name = "EfficientNetB5",
                                     .build = build<b5>,
                                     .weights_file = weights_file<b5>,
                                     .preprocessing = "none",
                                     .parameters = 30'562'527,
                                     .base_parameters = 28'513'527,
                                     .top_1_accuracy = 0.836,
                                     .default_size = 456},
                                    {.name = "efficientnet_b6",
                                     .keras_name = "EfficientNetB6",
                                     .build = build<b6>,
                                     .weights_file = weights_file<b6>,
                                     .preprocessing = "none",
                                     .parameters = 43'265'143,
                                     .base_parameters = 40'960'143,
                                     .top_1_accuracy = 0.840,
                                     .default_size = 528},
                                    {.name = "efficientnet_b7",
                                     .keras_name = "EfficientNetB7",
                                     .build = build<b7>,
                                     .weights_file = weights_file<b7>,
                                     .preprocessing = "none",
                                     .parameters = 66'658'687,
                                     .base_parameters = 64'097'687,
                                     .top_1_accuracy = 0.843,
                                     .default_size = 600}};

}  // namespace

Functional efficientnet_b0(const Options& options) { return create(networks[0], options); }
Functional efficientnet_b1(const Options& options) { return create(networks[1], options); }
Functional efficientnet_b2(const Options& options) { return create(networks[2], options); }
Functional efficientnet_b3(const Options& options) { return create(networks[3], options); }
Functional efficientnet_b4(const Options& options) { return create(networks[4], options); }
Functional efficientnet_b5(const Options& options) { return create(networks[5], options); }
Functional efficientnet_b6(const Options& options) { return create(networks[6], options); }
Functional efficientnet_b7(const Options& options) { return create(networks[7], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily efficientnet;
constinit const ApplicationFamily efficientnet{applications::networks};
}  // namespace thaw::application_families
