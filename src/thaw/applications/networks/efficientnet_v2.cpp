#include "thaw/applications/networks/efficientnet_v2.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "thaw/applications/efficient.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/normalization.h"
#include "thaw/graph/layers/rescaling.h"

namespace thaw::applications {
namespace {

// Tan and Le 2021, table 4, and the authors' code for the other sizes.
struct Stage {
  bool fused;  ///< one 3×3 convolution instead of a 1×1 and a depthwise one; without a gate
  int64_t in, out;
  int64_t expansion, stride;
  int repeats;
};
constexpr Stage b_stages[] = {{true, 32, 16, 1, 1, 1},   {true, 16, 32, 4, 2, 2},
                              {true, 32, 48, 4, 2, 2},   {false, 48, 96, 4, 2, 3},
                              {false, 96, 112, 6, 1, 5}, {false, 112, 192, 6, 2, 8}};
constexpr Stage s_stages[] = {{true, 24, 24, 1, 1, 2},    {true, 24, 48, 4, 2, 4},
                              {true, 48, 64, 4, 2, 4},    {false, 64, 128, 4, 2, 6},
                              {false, 128, 160, 6, 1, 9}, {false, 160, 256, 6, 2, 15}};
constexpr Stage m_stages[] = {{true, 24, 24, 1, 1, 3},     {true, 24, 48, 4, 2, 5},
                              {true, 48, 80, 4, 2, 5},     {false, 80, 160, 4, 2, 7},
                              {false, 160, 176, 6, 1, 14}, {false, 176, 304, 6, 2, 18},
                              {false, 304, 512, 6, 1, 5}};
constexpr Stage l_stages[] = {{true, 32, 32, 1, 1, 4},     {true, 32, 64, 4, 2, 7},
                              {true, 64, 96, 4, 2, 7},     {false, 96, 192, 4, 2, 10},
                              {false, 192, 224, 6, 1, 19}, {false, 224, 384, 6, 2, 25},
                              {false, 384, 640, 6, 1, 7}};

// Compound scaling: factors on the channels and on the repeats.
struct Scale {
  std::string_view name;
  std::span<const Stage> stages;
  double width, depth;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source

  int64_t channels(int64_t unscaled) const {
    return std::max<int64_t>(
        8, static_cast<int64_t>(static_cast<double>(unscaled) * width + 4) / 8 * 8);
  }
  int repeats(int unscaled) const { return static_cast<int>(std::ceil(depth * unscaled)); }
  bool is_b() const { return name.size() == 2; }
};
constexpr Scale b0{"b0",
                   b_stages,
                   1.0,
                   1.0,
                   "21ecbf6da12460d5c40bb2f29ceb2188",
                   "893217f2bb855e2983157299931e43ff"};
constexpr Scale b1{"b1",
                   b_stages,
                   1.0,
                   1.1,
                   "069f0534ff22adf035c89e2d9547a9dc",
                   "0e80663031ca32d657f9caa404b6ec37"};
constexpr Scale b2{"b2",
                   b_stages,
                   1.1,
                   1.2,
                   "424e49f28180edbde1e94797771950a7",
                   "1dfe2e7a5d45b6632553a8961ea609eb"};
constexpr Scale b3{"b3",
                   b_stages,
                   1.2,
                   1.4,
                   "1f1fc43bd98a6e4fd8fdfd551e02c7a0",
                   "f6abf7b5849ac99a89b50dd3fd532856"};
constexpr Scale s{"s",
                  s_stages,
                  1.0,
                  1.0,
                  "e1d88a8495beba45748fedd0cecbe016",
                  "af0682fb74e8c54910f2d4393339c070"};
constexpr Scale m{"m",
                  m_stages,
                  1.0,
                  1.0,
                  "a3bf6aa3276309f4fc6a34aa114c95cd",
                  "1b8dc055df72dde80d614482840fe342"};
constexpr Scale l{"l",
                  l_stages,
                  1.0,
                  1.0,
                  "27e6d408b53c7ebc868fefa357689935",
                  "b0b66b5c863aef5b46e8608fe1711615"};
constexpr double dropout_rate = 0.2;
constexpr double drop_connect_rate = 0.2;

/// B0 to B3 were trained on standardized RGB, the others on −1 to 1.
Symbol preprocess(const Symbol& x, bool is_b) {
  if (!is_b || x.shape().last() != 3)
    return rescaling({.scale = {1.0F / 128.0F}, .offset = {-1.0F}})(x);
  std::vector<float> variance;
  for (const double deviation : {0.229, 0.224, 0.225})
    variance.push_back(static_cast<float>(deviation * deviation));
  return normalization({.mean = std::vector<float>{0.485F, 0.456F, 0.406F}, .variance = variance})(
      rescaling({.scale = {1.0F / 255.0F}})(x));
}

struct Block {
  int64_t in, out, stride;
  double drop_rate;
  std::string prefix;
};

Symbol fused(const Efficient& parts, const Symbol& block_input, const Stage& stage,
             const Block& block) {
  const std::string& prefix = block.prefix;
  const bool expands = stage.expansion != 1;
  Symbol x = block_input;
  if (expands) {
    x = parts.convolve(x, block.in * stage.expansion, 3, block.stride, prefix + "expand_conv",
                       prefix + "expand_bn");
    x = parts.activate(x, prefix + "expand_activation");
  }
  x = parts.convolve(x, block.out, expands ? 1 : 3, expands ? 1 : block.stride,
                     prefix + "project_conv", prefix + "project_bn");
  return expands ? x : parts.activate(x, prefix + "project_activation");
}

Symbol gated(const Efficient& parts, const Symbol& block_input, const Stage& stage,
             const Block& block) {
  const std::string& prefix = block.prefix;
  Symbol x = parts.convolve(block_input, block.in * stage.expansion, 1, 1, prefix + "expand_conv",
                            prefix + "expand_bn");
  x = parts.activate(x, prefix + "expand_activation");
  x = depthwise_conv_2d({.kernel_size = 3,
                         .strides = {block.stride, block.stride},
                         .padding = "same",
                         .use_bias = false,
                         .depthwise_initializer = fan_out_normal(),
                         .name = prefix + "dwconv2"})(x);
  x = parts.activate(parts.normalize(x, prefix + "bn"), prefix + "activation");
  x = parts.gate(x, std::max<int64_t>(1, block.in / 4), prefix);
  return parts.convolve(x, block.out, 1, 1, prefix + "project_conv", prefix + "project_bn");
}

template <const Scale& scale>
Functional build(const Options& options) {
  const Efficient parts(0.9F);
  const Symbol image = input(options.input_shape);
  Symbol x = options.own.as<EfficientNetV2Options>().include_preprocessing
                 ? preprocess(image, scale.is_b())
                 : image;
  x = parts.convolve(x, scale.channels(scale.stages[0].in), 3, 2, "stem_conv", "stem_bn");
  x = parts.activate(x, "stem_activation");
  int unscaled_blocks = 0;  // Keras divides by their number before it is scaled
  for (const Stage& stage : scale.stages) unscaled_blocks += stage.repeats;
  int done = 0;
  int number = 1;
  for (const Stage& stage : scale.stages) {
    const int64_t out = scale.channels(stage.out);
    for (int i = 0; i < scale.repeats(stage.repeats); ++i) {
      const Block block{.in = i == 0 ? scale.channels(stage.in) : out,
                        .out = out,
                        .stride = i == 0 ? stage.stride : 1,
                        .drop_rate = drop_connect_rate * done++ / unscaled_blocks,
                        .prefix = fmt::format("block{}{}_", number, static_cast<char>('a' + i))};
      const Symbol y = stage.fused ? fused(parts, x, stage, block) : gated(parts, x, stage, block);
      x = block.stride == 1 && block.in == out ? parts.skip(y, x, block.drop_rate, block.prefix)
                                               : y;
    }
    ++number;
  }
  x = parts.end(x, scale.channels(1280), dropout_rate, options);
  return finish(image, x, options, fmt::format("efficientnetv2-{}", scale.name));
}

template <const Scale& scale>
WeightsFile weights_file(const Options& options) {
  return {
      .name =
          fmt::format("efficientnetv2-{}{}.h5", scale.name, options.include_top ? "" : "_notop"),
      .address = "https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/",
      .hash = std::string(options.include_top ? scale.hash : scale.hash_without_top)};
}

constexpr Application networks[] = {{.name = "efficientnet_v2_b0",
                                     .keras_name = "EfficientNetV2B0",
                                     .build = build<b0>,
                                     .weights_file = weights_file<b0>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 7'200'312,
                                     .base_parameters = 5'919'312,
                                     .top_1_accuracy = 0.787,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 224},
                                    {.name = "efficientnet_v2_b1",
                                     .keras_name = "EfficientNetV2B1",
                                     .build = build<b1>,
                                     .weights_file = weights_file<b1>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 8'212'124,
                                     .base_parameters = 6'931'124,
                                     .top_1_accuracy = 0.798,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 240},
                                    {.name = "efficientnet_v2_b2",
                                     .keras_name = "EfficientNetV2B2",
                                     .build = build<b2>,
                                     .weights_file = weights_file<b2>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 10'178'374,
                                     .base_parameters = 8'769'374,
                                     .top_1_accuracy = 0.805,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 260},
                                    {.name = "efficientnet_v2_b3",
                                     .keras_name = "EfficientNetV2B3",
                                     .build = build<b3>,
                                     .weights_file = weights_file<b3>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 14'467'622,
                                     .base_parameters = 12'930'622,
                                     .top_1_accuracy = 0.820,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 300},
                                    {.name = "efficientnet_v2_s",
                                     .keras_name = "EfficientNetV2S",
                                     .build = build<s>,
                                     .weights_file = weights_file<s>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "tf",
                                     .parameters = 21'612'360,
                                     .base_parameters = 20'331'360,
                                     .top_1_accuracy = 0.839,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 384},
                                    {.name = "efficientnet_v2_m",
                                     .keras_name = "EfficientNetV2M",
                                     .build = build<m>,
                                     .weights_file = weights_file<m>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "tf",
                                     .parameters = 54'431'388,
                                     .base_parameters = 53'150'388,
                                     .top_1_accuracy = 0.853,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 480},
                                    {.name = "efficientnet_v2_l",
                                     .keras_name = "EfficientNetV2L",
                                     .build = build<l>,
                                     .weights_file = weights_file<l>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "tf",
                                     .parameters = 119'027'848,
                                     .base_parameters = 117'746'848,
                                     .top_1_accuracy = 0.857,
                                     .own_options = &defaults<EfficientNetV2Options>,
                                     .default_size = 480}};

}  // namespace

Functional efficientnet_v2_b0(const Options& options) { return create(networks[0], options); }
Functional efficientnet_v2_b1(const Options& options) { return create(networks[1], options); }
Functional efficientnet_v2_b2(const Options& options) { return create(networks[2], options); }
Functional efficientnet_v2_b3(const Options& options) { return create(networks[3], options); }
Functional efficientnet_v2_s(const Options& options) { return create(networks[4], options); }
Functional efficientnet_v2_m(const Options& options) { return create(networks[5], options); }
Functional efficientnet_v2_l(const Options& options) { return create(networks[6], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily efficientnet_v2;
constinit const ApplicationFamily efficientnet_v2{applications::networks};
}  // namespace thaw::application_families
