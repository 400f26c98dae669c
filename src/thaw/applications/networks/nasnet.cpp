#include "thaw/applications/networks/nasnet.h"

#include <fmt/format.h>

#include "thaw/applications/parts.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/average_pooling_2d.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/cropping_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"
#include "thaw/graph/layers/separable_conv_2d.h"
#include "thaw/graph/layers/zero_padding_2d.h"

namespace thaw::applications {
namespace {

struct Size {
  std::string_view name, file;
  int64_t stem_channels, penultimate_channels;
  int repeats;  ///< of the normal cell, before, between and after the two reductions
  /// The cell after a reduction has as its previous one the reduction's previous one, not its last.
  bool skips_reduction;
  std::string_view hash, hash_without_top;  // MD5, as in Keras's source
};
constexpr Size mobile{"nasnet_mobile",
                      "NASNet-mobile",
                      32,
                      1056,
                      4,
                      false,
                      "020fb642bf7360b370c678b08e0adf61",
                      "1ed92395b5b598bdda52abe5c0dbfd63"};
constexpr Size large{"nasnet_large",
                     "NASNet-large",
                     96,
                     4032,
                     6,
                     true,
                     "11577c9a518f0070763c2b964a382f17",
                     "d81d89dc07e6e56530c4e77faddd61b5"};

/// What a cell reads: the cell before it and the one before that.
struct Cells {
  Symbol last, previous;
};

/// Zoph et al. 2017, figure 4: makes the cells' layers, named by the cell's id.
class Builder {
 public:
  Symbol rectify(const Symbol& x) { return rectify(x, names_.next("activation")); }

  static Symbol normalize(const Symbol& x, std::string name) {
    return batch_normalization({.momentum = 0.9997F, .name = std::move(name)})(x);
  }

  Cells normal_cell(const Cells& cells, int64_t filters, const std::string& id) {
    const auto named = [&](const char* part) { return fmt::format("normal_{}_{}", part, id); };
    const Symbol p = adjust(cells, filters, id);
    const Symbol h =
        normalize(convolve(rectify(cells.last), filters, named("conv_1")), named("bn_1"));
    const Symbol left_1 = separable(h, filters, 5, 1, named("left1"));
    const Symbol right_1 = separable(p, filters, 3, 1, named("right1"));
    const Symbol x1 = add({.name = named("add_1")})({left_1, right_1});
    const Symbol left_2 = separable(p, filters, 5, 1, named("left2"));
    const Symbol right_2 = separable(p, filters, 3, 1, named("right2"));
    const Symbol x2 = add({.name = named("add_2")})({left_2, right_2});
    const Symbol x3 = add({.name = named("add_3")})({average(h, named("left3")), p});
    const Symbol x4 =
        add({.name = named("add_4")})({average(p, named("left4")), average(p, named("right4"))});
    const Symbol x5 =
        add({.name = named("add_5")})({separable(h, filters, 3, 1, named("left5")), h});
    return {concatenate({.name = named("concat")})({p, x1, x2, x3, x4, x5}), cells.last};
  }

  Cells reduction_cell(const Cells& cells, int64_t filters, const std::string& id) {
    const auto named = [&](const char* part) { return fmt::format("reduction_{}_{}", part, id); };
    const Symbol p = adjust(cells, filters, id);
    const Symbol h =
        normalize(convolve(rectify(cells.last), filters, named("conv_1")), named("bn_1"));
    const Symbol padded =
        zero_padding_2d({.padding = padding_of_strided(h.shape(), 3), .name = named("pad_1")})(h);
    const Symbol left_1 = separable(h, filters, 5, 2, named("left1"));
    const Symbol right_1 = separable(p, filters, 7, 2, named("right1"));
    const Symbol x1 = add({.name = named("add_1")})({left_1, right_1});
    const Symbol largest = halve(padded, named("left2"));
    const Symbol x2 =
        add({.name = named("add_2")})({largest, separable(p, filters, 7, 2, named("right2"))});
    const Symbol mean =
        average_pooling_2d({.pool_size = 3, .strides = 2, .name = named("left3")})(padded);
    const Symbol x3 =
        add({.name = named("add3")})({mean, separable(p, filters, 5, 2, named("right3"))});
    const Symbol x4 = add({.name = names_.next("add")})({x2, average(x1, named("left4"))});
    const Symbol left_5 = separable(x1, filters, 3, 1, named("left4"));
    const Symbol x5 = add({.name = named("add4")})({left_5, halve(padded, named("right5"))});
    return {concatenate({.name = named("concat")})({x2, x3, x4, x5}), cells.last};
  }

 private:
  static Symbol rectify(const Symbol& x, std::string name) {
    return activation({.activation = "relu", .name = std::move(name)})(x);
  }

  static Symbol convolve(const Symbol& x, int64_t filters, std::string name) {
    return conv_2d({.filters = filters,
                    .kernel_size = 1,
                    .padding = "same",
                    .use_bias = false,
                    .kernel_initializer = "he_normal",
                    .name = std::move(name)})(x);
  }

  static Symbol average(const Symbol& x, std::string name) {
    return average_pooling_2d(
        {.pool_size = 3, .strides = 1, .padding = "same", .name = std::move(name)})(x);
  }

  static Symbol halve(const Symbol& x, std::string name) {
    return max_pooling_2d({.pool_size = 3, .strides = 2, .name = std::move(name)})(x);
  }

  /// Every second pixel, from the first on.
  static Symbol sample(const Symbol& x, std::string name) {
    return average_pooling_2d({.pool_size = 1, .strides = 2, .name = std::move(name)})(x);
  }

  /// Two separable convolutions, the first with the stride, each after a relu.
  Symbol separable(Symbol x, int64_t filters, int size, int64_t stride, const std::string& block) {
    const auto named = [&](const char* part) {
      return fmt::format("separable_conv_{}_{}", part, block);
    };
    const auto separate = [&](const Symbol& y, int64_t by, const char* part) {
      return separable_conv_2d({.filters = filters,
                                .kernel_size = size,
                                .strides = {by, by},
                                .padding = by == 1 ? "same" : "valid",
                                .use_bias = false,
                                .name = named(part)})(y);
    };
    x = rectify(x);
    if (stride == 2) {
      x = zero_padding_2d({.padding = padding_of_strided(x.shape(), size), .name = named("1_pad")})(
          x);
    }
    x = rectify(normalize(separate(x, stride, "1"), named("1_bn")));
    return normalize(separate(x, 1, "2"), named("2_bn"));
  }

  /// The previous cell's output in the size and with the channels that this cell has.
  Symbol adjust(const Cells& cells, int64_t filters, const std::string& id) {
    const Symbol& p = cells.previous;
    if (p.call() == nullptr) return cells.last;
    const auto named = [&](const char* part) { return fmt::format("adjust_{}_{}", part, id); };
    if (p.shape()[1] != cells.last.shape()[1]) {
      const Symbol x = rectify(p, named("relu_1"));
      const Symbol even = convolve(sample(x, named("avg_pool_1")), filters / 2, named("conv_1"));
      const Symbol padded =
          zero_padding_2d({.padding = {0, 1, 0, 1}, .name = names_.next("zero_padding2d")})(x);
      const Symbol shifted =
          cropping_2d({.cropping = {1, 0, 1, 0}, .name = names_.next("cropping2d")})(padded);
      const Symbol odd =
          convolve(sample(shifted, named("avg_pool_2")), filters / 2, named("conv_2"));
      return normalize(concatenate({.name = names_.next("concatenate")})({even, odd}), named("bn"));
    }
    if (p.shape().last() == filters) return p;
    return normalize(convolve(rectify(p), filters, named("conv_projection")), named("bn"));
  }

  AutomaticNames names_;
};

template <const Size& size>
Functional build(const Options& options) {
  Builder builder;
  const Symbol image = input(options.input_shape);
  const int64_t filters = size.penultimate_channels / 24;
  const int n = size.repeats;
  Cells cells;
  cells.last = Builder::normalize(conv_2d({.filters = size.stem_channels,
                                           .kernel_size = 3,
                                           .strides = 2,
                                           .use_bias = false,
                                           .kernel_initializer = "he_normal",
                                           .name = "stem_conv1"})(image),
                                  "stem_bn1");
  cells = builder.reduction_cell(cells, filters / 4, "stem_1");
  cells = builder.reduction_cell(cells, filters / 2, "stem_2");
  for (int stage = 0; stage < 3; ++stage) {
    if (stage > 0) {
      const Cells reduced =
          builder.reduction_cell(cells, filters << stage, fmt::format("reduce_{}", stage * n));
      cells = {reduced.last, size.skips_reduction ? cells.previous : reduced.previous};
    }
    for (int i = 0; i < n; ++i) {
      const int id = stage * n + i + (stage > 0 ? 1 : 0);
      cells = builder.normal_cell(cells, filters << stage, fmt::format("{}", id));
    }
  }
  return finish(image, classify(builder.rectify(cells.last), options), options,
                std::string(size.name));
}

template <const Size& size>
WeightsFile weights_file(const Options& options) {
  const bool top = options.include_top;
  return {.name = fmt::format("{}{}.h5", size.name, top ? "" : "_no_top"),
          .address = "https://storage.googleapis.com/tensorflow/keras-applications/nasnet/",
          .hash = std::string(top ? size.hash : size.hash_without_top),
          .remote_name = fmt::format("{}{}.h5", size.file, top ? "" : "-no-top")};
}

constexpr Application networks[] = {{.name = "nasnet_mobile",
                                     .keras_name = "NASNetMobile",
                                     .build = build<mobile>,
                                     .weights_file = weights_file<mobile>,
                                     .preprocessing = "tf",
                                     .parameters = 5'326'716,
                                     .base_parameters = 4'269'716,
                                     .top_1_accuracy = 0.744},
                                    {.name = "nasnet_large",
                                     .keras_name = "NASNetLarge",
                                     .build = build<large>,
                                     .weights_file = weights_file<large>,
                                     .preprocessing = "tf",
                                     .parameters = 88'949'818,
                                     .base_parameters = 84'916'818,
                                     .top_1_accuracy = 0.825,
                                     .default_size = 331}};

}  // namespace

Functional nasnet_mobile(const Options& options) { return create(networks[0], options); }
Functional nasnet_large(const Options& options) { return create(networks[1], options); }

}  // namespace thaw::applications

namespace thaw::application_families {
extern const ApplicationFamily nasnet;
constinit const ApplicationFamily nasnet{applications::networks};
}  // namespace thaw::application_families
