#include "thaw/applications/efficient.h"

#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/multiply.h"
#include "thaw/graph/layers/reshape.h"

namespace thaw::applications {

Symbol Efficient::convolve(const Symbol& x, int64_t filters, int size, int64_t stride,
                           const std::string& name, const std::string& bn) const {
  return normalize(conv_2d({.filters = filters,
                            .kernel_size = size,
                            .strides = {stride, stride},
                            .padding = "same",
                            .use_bias = false,
                            .kernel_initializer = fan_out_normal(),
                            .name = name})(x),
                   bn);
}

Symbol Efficient::normalize(const Symbol& x, const std::string& name) const {
  return batch_normalization({.momentum = momentum_, .name = name})(x);
}

Layer Efficient::swish(const std::string& name) {
  return activation({.activation = "silu", .name = name});
}

Symbol Efficient::gate(const Symbol& x, int64_t squeezed, const std::string& prefix) const {
  const int64_t channels = x.shape().last();
  const auto connect = [&](const Symbol& y, int64_t filters, const char* function,
                           const char* name) {
    return conv_2d({.filters = filters,
                    .kernel_size = 1,
                    .padding = "same",
                    .activation = function,
                    .kernel_initializer = fan_out_normal(),
                    .name = prefix + name})(y);
  };
  Symbol y = global_average_pooling_2d({.name = prefix + "se_squeeze"})(x);
  y = reshape({.target_shape = {1, 1, channels}, .name = prefix + "se_reshape"})(y);
  y = connect(y, squeezed, "silu", "se_reduce");
  y = connect(y, channels, "sigmoid", "se_expand");
  return multiply({.name = prefix + "se_excite"})({x, y});
}

Symbol Efficient::skip(const Symbol& x, const Symbol& block_input, double rate,
                       const std::string& prefix) const {
  Symbol y = x;
  if (rate > 0) {
    y = dropout({.rate = static_cast<float>(rate),
                 .noise_shape = Shape{-1, 1, 1, 1},
                 .name = prefix + "drop"})(x);
  }
  return add({.name = prefix + "add"})({y, block_input});
}

Symbol Efficient::end(Symbol x, int64_t channels, double dropout_rate,
                      const Options& options) const {
  x = activate(convolve(x, channels, 1, 1, "top_conv", "top_bn"), "top_activation");
  if (!options.include_top) return pool(x, options, {.average = "avg_pool", .maximum = "max_pool"});
  x = global_average_pooling_2d({.name = "avg_pool"})(x);
  x = dropout({.rate = static_cast<float>(dropout_rate), .name = "top_dropout"})(x);
  return dense({.units = options.classes,
                .activation = options.classifier_activation,
                .kernel_initializer = fan_out_uniform(),
                .name = "predictions"})(x);
}

}  // namespace thaw::applications
