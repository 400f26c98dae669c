#include "thaw/applications/networks/convnext.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/layer_normalization.h"
#include "thaw/graph/layers/layer_scale.h"
#include "thaw/graph/layers/normalization.h"

namespace thaw::applications {
namespace {

// Liu et al. 2022, section 3: four stages of 3, 3, B and 3 blocks with C, 2C, 4C and 8C channels.
struct Size {
  std::string_view name;
  int third_depth;                          ///< B
  int64_t channels;                         ///< C
  std::string_view hash, hash_without_top;  // SHA-256, as in Keras's source
};
constexpr Size tiny{"convnext_tiny", 9, 96,
                    "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
                    "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"};
constexpr Size small{"convnext_small", 27, 96,
                     "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
                     "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab"};
constexpr Size base{"convnext_base", 27, 128,
                    "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
                    "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45"};
constexpr Size large{"convnext_large", 27, 192,
                     "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
                     "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd"};
constexpr Size xlarge{"convnext_xlarge", 27, 256,
                      "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
                      "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05"};

Symbol normalize(const Symbol& x, std::string name = "") {
  return layer_normalization({.epsilon = 1e-6F, .name = std::move(name)})(x);
}

/// A convolution of windows that do not overlap, which divides the image's sides by `stride`.
Symbol shrink(const Symbol& x, int64_t channels, int stride, std::string name) {
  return conv_2d(
      {.filters = channels, .kernel_size = stride, .strides = stride, .name = std::move(name)})(x);
}

/// Pixels of 0 to 255, standardized.
Symbol preprocess(const Symbol& x, const std::string& name) {
  std::vector<float> mean;
  std::vector<float> variance;
  for (const double m : {0.485, 0.456, 0.406}) mean.push_back(static_cast<float>(m * 255));
  for (const double d : {0.229, 0.224, 0.225})
    variance.push_back(static_cast<float>(d * 255 * (d * 255)));
  return normalization({.mean = mean, .variance = variance, .name = name})(x);
}

Symbol block(const Symbol& block_input, const std::string& name) {
  const int64_t channels = block_input.shape().last();
  Symbol x = conv_2d({.filters = channels,
                      .kernel_size = 7,
                      .padding = "same",
                      .groups = channels,
                      .name = name + "_depthwise_conv"})(block_input);
  x = normalize(x, name + "_layernorm");
  x = dense({.units = 4 * channels, .name = name + "_pointwise_conv_1"})(x);
  x = activation({.activation = "gelu", .name = name + "_gelu"})(x);
  x = dense({.units = channels, .name = name + "_pointwise_conv_2"})(x);
  x = layer_scale({.projection_dim = channels, .name = name + "_layer_scale"})(x);
  // Keras has a layer of this name that does nothing, and a sum that is none of its layers.
  return add({.name = name + "_identity"})({block_input, x});
}

Symbol head(Symbol x, const Options& options, const std::string& name) {
  if (!options.include_top) return normalize(pool(x, options));
  x = global_average_pooling_2d({.name = name + "_head_gap"})(x);
  return dense({.units = options.classes,
                .activation = options.classifier_activation,
                .name = name + "_head_dense"})(normalize(x, name + "_head_layernorm"));
}

template <const Size& size>
Functional build(const Options& options) {
  // Its layers bear its name.
  const std::string name = options.name.empty() ? std::string(size.name) : options.name;
  const Symbol image = input(options.input_shape);
  Symbol x = image;
  if (options.own.as<ConvNeXtOptions>().include_preprocessing && image.shape().last() == 3)
    x = preprocess(x, name + "_prestem_normalization");
  const int depths[] = {3, 3, size.third_depth, 3};
  for (int stage = 0; stage < 4; ++stage) {
    // What shrinks the image is a model of its own, as in Keras.
    const Symbol start = input(x.shape());
    const int64_t channels = size.channels << stage;
    if (stage == 0) {
      const Symbol y = shrink(start, channels, 4, name + "_stem_conv");
      x = sequential(start, normalize(y, name + "_stem_layernorm"), name + "_stem")(x);
    } else {
      const auto part = [&](const char* kind) {
        return fmt::format("{}_downsampling_{}_{}", name, kind, stage - 1);
      };
      const Symbol y = normalize(start, part("layernorm"));
      x = sequential(start, shrink(y, channels, 2, part("conv")), part("block"))(x);
    }
    for (int i = 0; i < depths[stage]; ++i)
      x = block(x, fmt::format("{}_stage_{}_block_{}", name, stage, i));
  }
  return finish(image, head(x, options, name), options, name);
}

template <const Size& size>
WeightsFile weights_file(const Options& options) {
  return {.name = fmt::format("{}{}.h5", size.name, options.include_top ? "" : "_notop"),
          .address = "https://storage.googleapis.com/tensorflow/keras-applications/convnext/",
          .hash = std::string(options.include_top ? size.hash : size.hash_without_top)};
}

constexpr Application networks[] = {{.name = "convnext_tiny",
                                     .keras_name = "ConvNeXtTiny",
                                     .build = build<tiny>,
                                     .weights_file = weights_file<tiny>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 28'589'128,
                                     .base_parameters = 27'820'128,
                                     .top_1_accuracy = 0.813,
                                     .own_options = &defaults<ConvNeXtOptions>},
                                    {.name = "convnext_small",
                                     .keras_name = "ConvNeXtSmall",
                                     .build = build<small>,
                                     .weights_file = weights_file<small>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 50'223'688,
                                     .base_parameters = 49'454'688,
                                     .top_1_accuracy = 0.823,
                                     .own_options = &defaults<ConvNeXtOptions>},
                                    {.name = "convnext_base",
                                     .keras_name = "ConvNeXtBase",
                                     .build = build<base>,
                                     .weights_file = weights_file<base>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 88'591'464,
                                     .base_parameters = 87'566'464,
                                     .top_1_accuracy = 0.853,
                                     .own_options = &defaults<ConvNeXtOptions>},
                                    {.name = "convnext_large",
                                     .keras_name = "ConvNeXtLarge",
                                     .build = build<large>,
                                     .weights_file = weights_file<large>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 197'767'336,
                                     .base_parameters = 196'230'336,
                                     .top_1_accuracy = 0.863,
                                     .own_options = &defaults<ConvNeXtOptions>},
                                    {.name = "convnext_xlarge",
                                     .keras_name = "ConvNeXtXLarge",
                                     .build = build<xlarge>,
                                     .weights_file = weights_file<xlarge>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "torch",
                                     .parameters = 350'196'968,
                                     .base_parameters = 348'147'968,
                                     .top_1_accuracy = 0.867,
                                     .own_options = &defaults<ConvNeXtOptions>}};

}  // namespace

Functional convnext_tiny(const Options& options) { return create(networks[0], options); }
Functional convnext_small(const Options& options) { return create(networks[1], options); }
Functional convnext_base(const Options& options) { return create(networks[2], options); }
Functional convnext_large(const Options& options) { return create(networks[3], options); }
Functional convnext_xlarge(const Options& options) { return create(networks[4], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily convnext;
constinit const ApplicationFamily convnext{applications::networks};
}  // namespace thaw::application_families
