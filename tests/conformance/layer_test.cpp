// One test for every layer there is: its golden file holds what Keras makes of several
// configurations, and a layer without a golden file fails.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "conformance/layer_case.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/config.h"
#include "thaw/core/random.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;
using testing::LayerCase;

/// Numbers are near 1 and no sum has more than about 300 terms, so float32 rounding in another
/// order moves a result by a few 1e-6 of the largest.
constexpr float rounding = 2e-5F;

class LayerConformance : public ::testing::TestWithParam<const LayerType*> {
 protected:
  void for_each_case(const std::function<void(const LayerCase&)>& check) {
    const GoldenFile golden("layers/" + std::string(GetParam()->class_name) + ".golden.gz");
    for (int64_t i = 0; i < golden.number("cases"); ++i) {
      SCOPED_TRACE("case " + std::to_string(i) + ": " +
                   golden.text("case" + std::to_string(i) + "/config"));
      check(LayerCase(golden, *GetParam(), i));
    }
  }

  std::unique_ptr<Device> device_ = cpu_device({.threads = 2});
};

/// Whether `ours` says what Keras's config says, where it says anything: numbers as float32 holds
/// them, a list of one number as that number.
bool agrees(const Config& ours, const Config& keras) {
  if (ours.is_number() && keras.is_number())
    return static_cast<float>(ours.as_number()) == static_cast<float>(keras.as_number());
  if (ours.is_map() && keras.is_map()) {
    for (const auto& [key, value] : ours.as_map()) {
      const Config* other = keras.find(key);
      if (other != nullptr && !agrees(value, *other)) return false;
    }
    return true;
  }
  if (ours.is_list() && !keras.is_list())
    return ours.as_list().size() == 1 && agrees(ours.as_list()[0], keras);
  if (keras.is_list() && !ours.is_list())
    return keras.as_list().size() == 1 && agrees(ours, keras.as_list()[0]);
  if (ours.is_list()) {
    const auto& a = ours.as_list();
    const auto& b = keras.as_list();
    if (b.size() == 1 && b[0].is_list()) return agrees(ours, b[0]);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), agrees);
  }
  return ours == keras;
}

TEST_P(LayerConformance, reads_and_writes_the_config_of_keras) {
  for_each_case([](const LayerCase& layer) {
    const Config written = layer.definition->config();
    EXPECT_EQ(layer.type.from_config(written)->config(), written) << written.to_string();
    if (written.is_null()) return;
    for (const auto& [key, value] : written.as_map()) {
      const Config* keras = layer.config.find(key);
      if (keras == nullptr) continue;  // Another dialect's key.
      EXPECT_TRUE(agrees(value, *keras))
          << key << ": expected " << keras->to_string() << ", received " << value.to_string();
    }
  });
}

TEST_P(LayerConformance, tells_the_output_shape_of_keras) {
  for_each_case([](const LayerCase& layer) {
    const Shape expected = layer.golden.shape(layer.prefix + "output").without_batch();
    EXPECT_EQ(layer.model->outputs()[0].shape(), expected);
    std::vector<Shape> inputs;
    if (layer.type.class_name != "InputLayer")
      for (const Tensor& x : layer.inputs) inputs.push_back(x.shape().without_batch());
    EXPECT_EQ(layer.definition->output_shape(inputs), expected);
  });
}

TEST_P(LayerConformance, computes_what_keras_computes) {
  for_each_case([this](const LayerCase& layer) {
    const Tensor expected = layer.golden.array(layer.prefix + "output");
    const auto plain = layer.compile(*device_);
    const auto result = difference(expected, plain->forward(layer.inputs)[0]);
    EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
    for (size_t i = 0; i < layer.variables.size(); ++i) {
      const std::string name = layer.name_of(i) + "/after";
      if (!layer.golden.has(name)) continue;
      const auto moved = difference(layer.golden.array(name), layer.variables[i]->value());
      // Moving statistics: a mean of 40 numbers, times 1 − momentum.
      EXPECT_LT(moved.relative_to_one(), 1e-6F) << name << ": " << moved.to_string();
    }
    if (layer.training) return;
    const auto graph = optimize(layer.graph(), {.frozen = true, .traits = cpu_traits()});
    const auto frozen = device_->compile(graph, {.batch_size = layer.inputs[0].shape()[0]});
    const auto folded = difference(expected, frozen->forward(layer.inputs)[0]);
    EXPECT_LT(folded.relative_to_one(), rounding) << "optimized: " << folded.to_string();
  });
}

TEST_P(LayerConformance, computes_the_gradients_of_keras) {
  for_each_case([this](const LayerCase& layer) {
    const auto executable = layer.compile(*device_);
    (void)executable->forward(layer.inputs);
    executable->backward({&layer.cotangent, 1});
    ASSERT_EQ(executable->input_gradients().size(), layer.inputs.size());
    for (size_t i = 0; i < layer.inputs.size(); ++i) {
      const std::string name = layer.prefix + "input" + std::to_string(i) + "/gradient";
      const auto result = difference(layer.golden.array(name), executable->input_gradients()[i]);
      EXPECT_LT(result.relative_to_one(), rounding) << name << ": " << result.to_string();
    }
    size_t checked = 0;
    for (size_t i = 0; i < layer.variables.size(); ++i) {
      const std::string name = layer.name_of(i) + "/gradient";
      if (!layer.golden.has(name)) continue;
      for (size_t v = 0; v < executable->variables().size(); ++v) {
        if (executable->variables()[v] != layer.variables[i]) continue;
        ++checked;
        const auto received = executable->gradients()[v].reshaped(layer.variables[i]->shape());
        const auto result = difference(layer.golden.array(name), received);
        EXPECT_LT(result.relative_to_one(), rounding) << name << ": " << result.to_string();
      }
    }
    EXPECT_EQ(checked, executable->variables().size());
    size_t expected = 0;
    for (const auto& variable : layer.variables) expected += variable->can_train() ? 1 : 0;
    EXPECT_EQ(checked, expected);
  });
}

struct Slope {
  double left, right;
};

/// The loss's difference quotients along one number, to either side.
Slope slope(const LayerCase& layer, Executable& executable, float& number) {
  constexpr float step = 4e-3F;
  const float before = number;
  const auto at = [&](float value) {
    number = value;
    executable.variables_changed();
    return layer.loss(executable);
  };
  const double center = at(before);
  const double right = (at(before + step) - center) / double{before + step - before};
  const double left = (center - at(before - step)) / double{before - (before - step)};
  (void)at(before);
  return {left, right};
}

void check_slopes(const LayerCase& layer, Executable& executable, Tensor numbers,
                  const Tensor& gradient, const std::string& what) {
  auto values = numbers.values();
  size_t checked = 0;
  // Four of them, spread; where one is at a kink of the rectifier or the maximum, its neighbours.
  for (size_t i = 0; i < values.size(); i += values.size() / 4 + 1) {
    for (size_t j = i; j < std::min(i + 3, values.size()); ++j) {
      const auto [left, right] = slope(layer, executable, values[j]);
      const double expected = (left + right) / 2;
      const double scale = std::max(1.0, std::abs(expected));
      if (std::abs(right - left) > 0.05 * scale) continue;
      // The loss sums up to 500 products in float32 (1e-6 off), divided by a step of 4e-3; where
      // one of many terms has a kink within the step, the gradient lies between both quotients.
      const double tolerance = 3e-3 * scale + std::abs(right - left) / 2;
      EXPECT_NEAR(double{gradient.values()[j]}, expected, tolerance) << what << ", element " << j;
      ++checked;
      break;
    }
  }
  EXPECT_GT(checked, 0U) << what << ": every element that was tried is at a kink";
}

TEST_P(LayerConformance, gradients_are_the_slopes_of_the_loss) {
  if (GetParam()->class_name == "StopGradient") GTEST_SKIP() << "its gradient is 0 on purpose";
  for_each_case([this](const LayerCase& layer) {
    const auto executable = layer.compile(*device_);
    (void)executable->forward(layer.inputs);
    executable->backward({&layer.cotangent, 1});
    std::vector<Tensor> inputs;
    std::vector<Tensor> weights;
    for (const Tensor& g : executable->input_gradients()) inputs.push_back(g.clone());
    for (const Tensor& g : executable->gradients()) weights.push_back(g.clone());
    for (size_t i = 0; i < inputs.size(); ++i)
      check_slopes(layer, *executable, layer.inputs[i], inputs[i], "input " + std::to_string(i));
    for (size_t i = 0; i < weights.size(); ++i) {
      const auto& variable = executable->variables()[i];
      check_slopes(layer, *executable, variable->value(), weights[i], variable->name());
    }
  });
}

TEST(Dropout, zeroes_its_rate_of_elements_and_scales_the_rest_up) {
  constexpr float rate = 0.3F;
  constexpr int64_t count = 100000;
  const Symbol x = input({count / 10});
  const Functional model(x, dropout({.rate = rate})(x));
  const auto graph = specialize(lower(model), ops::Phase::training);
  const auto executable =
      cpu_device({.threads = 2})
          ->compile(graph,
                    {.batch_size = 10, .training = true, .input_gradients = true, .seed = 5});
  const Tensor ones = Tensor::full({10, count / 10}, 1.0F);
  const auto run = [&](uint64_t step) {
    executable->set_step(step);
    return executable->forward({&ones, 1})[0].clone();
  };
  const Tensor y = run(0);
  int64_t zeroed = 0;
  for (const float value : y.values()) {
    if (value == 0) {
      ++zeroed;
    } else {
      ASSERT_FLOAT_EQ(value, 1.0F / (1.0F - rate));
    }
  }
  // Five standard deviations of a binomial: 5·√(100000·0.3·0.7) = 725.
  EXPECT_NEAR(static_cast<double>(zeroed), 0.3 * count, 725.0) << "seed 5";
  executable->backward({&ones, 1});
  EXPECT_EQ(difference(y, executable->input_gradients()[0]).largest, 0.0F) << "another mask";
  EXPECT_GT(difference(y, run(1)).largest, 0.0F) << "the same mask in the next step";
  EXPECT_EQ(difference(y, run(0)).largest, 0.0F) << "another mask in the same step";
}

TEST(AlphaDropout, keeps_mean_and_variance_of_normal_numbers) {
  constexpr int64_t count = 100000;
  const LayerType* type = layer_types::find("AlphaDropout");
  const Layer layer(type->from_config(Config(Config::Map{{"rate", 0.3}})));
  const Symbol x = input({count / 10});
  const Functional model(x, layer(x));
  const auto executable =
      cpu_device({.threads = 2})
          ->compile(specialize(lower(model), ops::Phase::training),
                    {.batch_size = 10, .training = true, .input_gradients = true, .seed = 5});
  Tensor numbers = Tensor::zeros({10, count / 10});
  Random random(7);
  for (float& value : numbers.values()) value = random.normal();
  const Tensor y = executable->forward({&numbers, 1})[0].clone();
  double sum = 0;
  double squares = 0;
  int64_t saturated = 0;
  const float a = 1.0F / std::sqrt(0.7F * (1.0F + 0.3F * 1.7580993F * 1.7580993F));
  const float dropped = -a * 1.7580993F * (1.0F - 0.3F);
  for (const float value : y.values()) {
    sum += double{value};
    squares += double{value} * double{value};
    saturated += std::abs(value - dropped) < 1e-5F ? 1 : 0;
  }
  // Five standard deviations: of a binomial, of a mean (1/√n), of a variance (below √(6/n)).
  EXPECT_NEAR(static_cast<double>(saturated), 0.3 * count, 725.0 + 5.0) << "seed 5";
  EXPECT_NEAR(sum / count, 0.0, 0.016);
  EXPECT_NEAR(squares / count, 1.0, 0.04);
  const Tensor ones = Tensor::full({10, count / 10}, 1.0F);
  executable->backward({&ones, 1});
  for (size_t i = 0; i < y.values().size(); ++i) {
    const bool is_dropped = std::abs(y.values()[i] - dropped) < 1e-5F;
    ASSERT_FLOAT_EQ(executable->input_gradients()[0].values()[i], is_dropped ? 0.0F : a);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, LayerConformance,
                         ::testing::ValuesIn(layer_types::all().begin(), layer_types::all().end()),
                         [](const auto& parameter) {
                           return std::string(parameter.param->class_name);
                         });

}  // namespace
}  // namespace thaw
