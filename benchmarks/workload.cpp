#include "workload.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "thaw/applications/application.h"
#include "thaw/compile/lower.h"
#include "thaw/core/random.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw::benchmarks {

FrozenSplit fine_tuning(const std::string& network, int trainable, bool by_batch) {
  auto [application, options] = applications::find(network);
  options.weights = "none";
  options.include_top = false;
  options.input_shape = {224, 224, 3};
  const Functional base = applications::create(*application, options);
  const auto layers = base.layers();
  const int frozen = std::max(static_cast<int>(layers.size()) - trainable, 0);
  for (int i = 0; i < static_cast<int>(layers.size()); ++i)
    layers[static_cast<size_t>(i)].set_trainable(i >= frozen);
  const Symbol image = input({224, 224, 3}, "image");
  Symbol x = by_batch ? base(image) : base(image, {.training = false});
  x = global_average_pooling_2d()(x);
  Functional model(image, dense({.units = 6, .name = "output_layer"})(x));
  model.initialize_weights(1);
  return split_frozen(lower(model));
}

Tensor noise(const Shape& shape) { return uniform_tensor(shape, -1, 1, Random(1)); }

double wall_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace thaw::benchmarks
