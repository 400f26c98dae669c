#include "thaw/applications/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/global_max_pooling_2d.h"

namespace thaw::applications {

int64_t make_divisible(double v) {
  const int64_t rounded = std::max<int64_t>(8, static_cast<int64_t>(v + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * v ? rounded + 8 : rounded;
}

Symbol pool(const Symbol& x, const Options& options, const PoolingNames& names) {
  if (options.pooling == "avg") return global_average_pooling_2d({.name = names.average})(x);
  if (options.pooling == "max") return global_max_pooling_2d({.name = names.maximum})(x);
  return x;
}

Symbol classify(const Symbol& x, const Options& options, const PoolingNames& names) {
  if (!options.include_top) return pool(x, options, names);
  return dense({.units = options.classes,
                .activation = options.classifier_activation,
                .name = "predictions"})(global_average_pooling_2d({.name = names.average})(x));
}

Padding2 padding_of_strided(const Shape& image, int64_t size) {
  const int64_t half = size / 2;
  return {.top = half - 1 + image[0] % 2,
          .bottom = half,
          .left = half - 1 + image[1] % 2,
          .right = half};
}

Initializer fan_out_normal() {
  Initializer result("variance_scaling");
  result.scale = 2.0;
  result.mode = "fan_out";
  return result;
}

Initializer fan_out_uniform() {
  Initializer result("variance_scaling");
  result.scale = 1.0 / 3.0;
  result.mode = "fan_out";
  result.distribution = "uniform";
  return result;
}

std::string AutomaticNames::next(const std::string& kind) {
  const int index = counts_[kind]++;
  return index == 0 ? kind : kind + "_" + std::to_string(index);
}

Functional finish(const Symbol& image, const Symbol& x, const Options& options,
                  const std::string& default_name) {
  return Functional(image, x, options.name.empty() ? default_name : options.name);
}

WeightsFile usual_weights_file(std::string_view network, std::string_view folder,
                               const Options& options, std::string_view hash,
                               std::string_view hash_without_top) {
  return {.name = fmt::format("{}_weights_tf_dim_ordering_tf_kernels{}.h5", network,
                              options.include_top ? "" : "_notop"),
          .address = fmt::format("https://storage.googleapis.com/tensorflow/keras-applications/{}/",
                                 folder),
          .hash = std::string(options.include_top ? hash : hash_without_top)};
}

int64_t trained_size(const Shape& image, std::initializer_list<int64_t> sizes) {
  const bool known = image[0] == image[1] && std::ranges::count(sizes, image[0]) > 0;
  return known ? image[0] : 224;
}

}  // namespace thaw::applications
