#include "thaw/applications/inception.h"

#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/average_pooling_2d.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/max_pooling_2d.h"

namespace thaw::applications {

Symbol Inception::convolve(const Symbol& x, const Convolution& convolution) {
  const std::string& name = convolution.name;
  const auto named = [&](const char* suffix, const char* kind) {
    return name.empty() ? names_.next(kind) : name + suffix;
  };
  std::string padding = convolution.padding;
  if (padding.empty()) padding = convolution.stride == 1 ? "same" : "valid";
  const Symbol convolved = conv_2d({.filters = convolution.filters,
                                    .kernel_size = convolution.size,
                                    .strides = {convolution.stride, convolution.stride},
                                    .padding = padding,
                                    .use_bias = false,
                                    .name = named("", "conv2d")})(x);
  const Symbol normalized =
      batch_normalization({.scale = false, .name = named("_bn", "batch_normalization")})(convolved);
  return activation({.activation = "relu", .name = named("_ac", "activation")})(normalized);
}

Symbol Inception::chain(Symbol x, const Branch& branch) {
  for (const Convolution& convolution : branch) x = convolve(x, convolution);
  return x;
}

Symbol Inception::average_and_convolve(const Symbol& x, int64_t filters) {
  const Symbol mean = average_pooling_2d(
      {.pool_size = 3, .strides = 1, .padding = "same", .name = names_.next("average_pooling2d")})(
      x);
  return convolve(mean, {filters});
}

Symbol Inception::halve(const Symbol& x) {
  return max_pooling_2d({.pool_size = 3, .strides = 2, .name = names_.next("max_pooling2d")})(x);
}

Symbol Inception::join(const std::vector<Symbol>& branches, const std::string& name) {
  return concatenate({.name = name.empty() ? names_.next("concatenate") : name})(branches);
}

Symbol Inception::stem(const Symbol& image) {
  Symbol x = chain(image, {{32, 3, 2}, {32, 3, 1, "valid"}, {64, 3}});
  x = chain(halve(x), {{80, 1, 1, "valid"}, {192, 3, 1, "valid"}});
  return halve(x);
}

}  // namespace thaw::applications
