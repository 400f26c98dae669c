#include "recipe/small_recipe.h"

#include <cstring>

#include "thaw/core/random.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"

namespace thaw::testing {

ArrayDataset images(int64_t count, uint64_t seed) {
  Random random(seed);
  Tensor x({count, 8, 8, 3});
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    labels.push_back(i % 3);
    float* p = x.data() + i * 192;
    for (int64_t k = 0; k < 192; ++k) p[k] = random.uniform() + (k % 3 == i % 3 ? 0.5F : 0.0F);
  }
  return {x, labels};
}

Functional small_base() {
  const Symbol image = input({8, 8, 3});
  Symbol x = conv_2d({.filters = 8, .kernel_size = 3, .name = "conv1"})(image);
  x = batch_normalization({.name = "bn1"})(x);
  x = activation({.activation = "relu", .name = "relu1"})(x);
  x = conv_2d({.filters = 8, .kernel_size = 3, .name = "conv2"})(x);
  x = batch_normalization({.name = "bn2"})(x);
  const Functional base(image, activation({.activation = "relu", .name = "relu2"})(x), "base");
  base.initialize_weights(7);
  return base;
}

std::map<std::string, Tensor> weights(const Functional& model) {
  std::map<std::string, Tensor> result;
  for (const Layer& layer : model.layers()) {
    if (const Functional* nested = layer.nested()) {
      for (auto& [name, value] : weights(*nested)) result[name] = value;
      continue;
    }
    for (const auto& variable : layer.variables())
      result[layer.name() + "/" + variable->name()] = variable->value().clone();
  }
  return result;
}

std::vector<std::string> changed(const std::map<std::string, Tensor>& before,
                                 const std::map<std::string, Tensor>& after) {
  std::vector<std::string> names;
  for (const auto& [name, value] : before) {
    if (std::memcmp(value.data(), after.at(name).data(), value.values().size_bytes()) != 0)
      names.push_back(name);
  }
  return names;
}

RecipeOptions small_options() {
  RecipeOptions options;
  options.stages = {{.name = "feature_extraction", .epochs = 3, .learning_rate = 1e-2},
                    {.name = "fine_tuning", .epochs = 3, .learning_rate = 1e-3, .unfreeze = 3}};
  options.batch_size = 8;
  options.seed = 5;
  return options;
}

}  // namespace thaw::testing
