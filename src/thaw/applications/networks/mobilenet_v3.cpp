#include "thaw/applications/networks/mobilenet_v3.h"

#include <fmt/format.h>

#include <span>

#include "thaw/applications/parts.h"
#include "thaw/core/error.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/multiply.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

// Howard et al. 2019, tables 1 and 2. What is large in a row, a minimalistic network does without.
struct Block {
  double expansion;
  int64_t channels;
  int kernel, stride;
  bool gated;  ///< squeeze and excite
  bool swish;  ///< hard-swish instead of relu
};
constexpr Block small_blocks[] = {{1, 16, 3, 2, true, false},
                                  {72.0 / 16, 24, 3, 2, false, false},
                                  {88.0 / 24, 24, 3, 1, false, false},
                                  {4, 40, 5, 2, true, true},
                                  {6, 40, 5, 1, true, true},
                                  {6, 40, 5, 1, true, true},
                                  {3, 48, 5, 1, true, true},
                                  {3, 48, 5, 1, true, true},
                                  {6, 96, 5, 2, true, true},
                                  {6, 96, 5, 1, true, true},
                                  {6, 96, 5, 1, true, true}};
constexpr Block large_blocks[] = {
    {1, 16, 3, 1, false, false},  {4, 24, 3, 2, false, false},  {3, 24, 3, 1, false, false},
    {3, 40, 5, 2, true, false},   {3, 40, 5, 1, true, false},   {3, 40, 5, 1, true, false},
    {6, 80, 3, 2, false, true},   {2.5, 80, 3, 1, false, true}, {2.3, 80, 3, 1, false, true},
    {2.3, 80, 3, 1, false, true}, {6, 112, 3, 1, true, true},   {6, 112, 3, 1, true, true},
    {6, 160, 5, 2, true, true},   {6, 160, 5, 1, true, true},   {6, 160, 5, 1, true, true}};

struct Size {
  std::string_view name, keras_name;
  std::span<const Block> blocks;
  int64_t last_channels;
};
constexpr Size small{"small", "MobileNetV3Small", small_blocks, 1024};
constexpr Size large{"large", "MobileNetV3Large", large_blocks, 1280};

class Builder {
 public:
  explicit Builder(const Options& options)
      : options_(options), own_(options.own.as<MobileNetV3Options>()) {}

  const MobileNetV3Options& own() const { return own_; }

  Symbol block(const Symbol& block_input, const Block& block, int index) {
    const std::string prefix =
        index == 0 ? "expanded_conv_" : fmt::format("expanded_conv_{}_", index);
    const int64_t in = block_input.shape().last();
    const int64_t expanded = make_divisible(static_cast<double>(in) * block.expansion);
    const int64_t out = scaled(block.channels);
    Symbol x = block_input;
    if (index > 0) {
      x = normalize(convolve(x, expanded, prefix + "expand"), prefix + "expand_bn");
      x = activate(x, block.swish);
    }
    x = normalize(depthwise(x, block, prefix), prefix + "depthwise_bn");
    x = activate(x, block.swish);
    if (block.gated && !own_.minimalistic) x = gate(x, expanded, prefix);
    x = normalize(convolve(x, out, prefix + "project"), prefix + "project_bn");
    if (block.stride == 1 && in == out) x = add({.name = prefix + "add"})({block_input, x});
    return x;
  }

  Symbol activate(const Symbol& x, bool swish) {
    if (swish && !own_.minimalistic)
      return activation({.activation = "hard_silu", .name = names_.next("activation")})(x);
    return relu({.name = names_.next("re_lu")})(x);
  }

  Symbol top(Symbol x, int64_t last_channels) {
    if (own_.alpha > 1) last_channels = scaled(last_channels);
    x = global_average_pooling_2d({.keepdims = true})(x);
    x = activate(convolve(x, last_channels, "conv_2", true), true);
    if (own_.dropout_rate > 0) x = dropout({.rate = static_cast<float>(own_.dropout_rate)})(x);
    x = flatten()(convolve(x, options_.classes, "logits", true));
    return activation({.activation = options_.classifier_activation, .name = "predictions"})(x);
  }

  static Symbol convolve(const Symbol& x, int64_t filters, std::string name,
                         bool use_bias = false) {
    return conv_2d({.filters = filters,
                    .kernel_size = 1,
                    .padding = "same",
                    .use_bias = use_bias,
                    .name = std::move(name)})(x);
  }

  static Symbol normalize(const Symbol& x, std::string name) {
    return batch_normalization({.momentum = 0.999F, .name = std::move(name)})(x);
  }

 private:
  int64_t scaled(int64_t channels) const {
    return make_divisible(static_cast<double>(channels) * own_.alpha);
  }

  Symbol depthwise(Symbol x, const Block& block, const std::string& prefix) const {
    const int kernel = own_.minimalistic ? 3 : block.kernel;
    if (block.stride == 2) {
      x = zero_padding_2d(
          {.padding = padding_of_strided(x.shape(), kernel), .name = prefix + "depthwise_pad"})(x);
    }
    return depthwise_conv_2d({.kernel_size = kernel,
                              .strides = block.stride,
                              .padding = block.stride == 1 ? "same" : "valid",
                              .use_bias = false,
                              .name = prefix + "depthwise"})(x);
  }

  /// Squeeze and excite (Hu et al. 2017) with a hard sigmoid. Keras writes that as
  /// ReLU(6)(x + 3)·(1/6), of which only the ReLU is one of its layers: here it stands for all
  /// three.
  Symbol gate(const Symbol& x, int64_t channels, const std::string& prefix) {
    const std::string stem = prefix + "squeeze_excite_";
    Symbol y = global_average_pooling_2d({.keepdims = true, .name = stem + "avg_pool"})(x);
    y = convolve(y, make_divisible(static_cast<double>(channels) * 0.25), stem + "conv", true);
    y = convolve(relu({.name = stem + "relu"})(y), channels, stem + "conv_1", true);
    y = activation({.activation = "hard_sigmoid", .name = names_.next("re_lu")})(y);
    return multiply({.name = stem + "mul"})({x, y});
  }

  const Options& options_;
  const MobileNetV3Options own_;
  AutomaticNames names_;
};

template <const Size& size>
Functional build(const Options& options) {
  Builder builder(options);
  const Symbol image = input(options.input_shape);
  Symbol x = image;
  if (builder.own().include_preprocessing)
    x = rescaling({.scale = {1.0F / 127.5F}, .offset = {-1.0F}})(x);
  x = conv_2d({.filters = 16,
               .kernel_size = 3,
               .strides = 2,
               .padding = "same",
               .use_bias = false,
               .name = "conv"})(x);
  x = builder.activate(Builder::normalize(x, "conv_bn"), true);
  int index = 0;
  for (const Block& block : size.blocks) x = builder.block(x, block, index++);
  const int64_t channels = make_divisible(static_cast<double>(x.shape().last()) * 6);
  x = Builder::normalize(Builder::convolve(x, channels, "conv_1"), "conv_1_bn");
  x = builder.activate(x, true);
  x = options.include_top ? builder.top(x, size.last_channels)
                          : pool(x, options, {.average = "avg_pool", .maximum = "max_pool"});
  return finish(image, x, options, std::string(size.keras_name));
}

// MD5, as in Keras's source.
struct File {
  std::string_view name, hash, hash_without_top;
};
constexpr File files[] = {
    {"large_224_0.75_float", "765b44a33ad4005b3ac83185abf1d0eb",
     "40af19a13ebea4e2ee0c676887f69a2e"},
    {"large_224_1.0_float", "59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"},
    {"large_minimalistic_224_1.0_float", "675e7b876c45c57e9e63e6d90a36599c",
     "ec5221f64a2f6d1ef965a614bdae7973"},
    {"small_224_0.75_float", "cb65d4e5be93758266aa0a7f2c6708b7",
     "ebdb5cc8e0b497cd13a7c275d475c819"},
    {"small_224_1.0_float", "8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"},
    {"small_minimalistic_224_1.0_float", "99cd97fb2fcdad2bf028eb838de69e37",
     "cde8136e733e811080d9fcd8a252f7e4"},
};

template <const Size& size>
WeightsFile weights_file(const Options& options) {
  const auto own = options.own.as<MobileNetV3Options>();
  const std::string_view width = own.alpha == 1.0 ? "1.0" : own.alpha == 0.75 ? "0.75" : "";
  const std::string name =
      fmt::format("{}{}_224_{}_float", size.name, own.minimalistic ? "_minimalistic" : "", width);
  for (const File& file : files) {
    if (file.name != name) continue;
    return {.name = fmt::format("weights_mobilenet_v3_{}{}.h5", name,
                                options.include_top ? "" : "_no_top_v2"),
            .address = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/",
            .hash = std::string(options.include_top ? file.hash : file.hash_without_top)};
  }
  throw UsageError(fmt::format(
      "expected an alpha that ImageNet weights exist for (1.0, or 0.75 where not minimalistic), "
      "received {}",
      own.alpha));
}

// Keras's table of networks, from which the other networks' accuracies are, does not list these.
constexpr Application networks[] = {{.name = "mobilenet_v3_small",
                                     .keras_name = small.keras_name,
                                     .build = build<small>,
                                     .weights_file = weights_file<small>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "tf",
                                     .parameters = 2'554'968,
                                     .base_parameters = 939'120,
                                     .own_options = &defaults<MobileNetV3Options>},
                                    {.name = "mobilenet_v3_large",
                                     .keras_name = large.keras_name,
                                     .build = build<large>,
                                     .weights_file = weights_file<large>,
                                     .preprocessing = "none",
                                     .preprocessing_left_out = "tf",
                                     .parameters = 5'507'432,
                                     .base_parameters = 2'996'352,
                                     .own_options = &defaults<MobileNetV3Options>}};

}  // namespace

void MobileNetV3Options::check() const {
  check_alpha(alpha);
  check_dropout(dropout_rate);
}

Functional mobilenet_v3_small(const Options& options) { return create(networks[0], options); }
Functional mobilenet_v3_large(const Options& options) { return create(networks[1], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily mobilenet_v3;
constinit const ApplicationFamily mobilenet_v3{applications::networks};
}  // namespace thaw::application_families
