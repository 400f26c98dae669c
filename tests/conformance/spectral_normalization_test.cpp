// SpectralNormalization over three steps of training, beside Keras.

#include <gtest/gtest.h>

#include "support/config_json.h"
#include "support/golden_file.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/variable.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_type.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

constexpr float rate = 0.05F;
/// Sums of up to 50 products near 1, three times one after the other.
constexpr float rounding = 5e-6F;

struct Given {
  Given(const GoldenFile& file, int64_t index)
      : golden(file),
        prefix("case" + std::to_string(index) + "/"),
        layer(layer_types::find("SpectralNormalization")
                  ->from_config(testing::parse_json(golden.text(prefix + "config")))),
        x(golden.array(prefix + "input")),
        symbol(input(x.shape().without_batch())),
        model(symbol, layer(symbol)) {
    for (size_t i = 0; i < layer.variables().size(); ++i)
      layer.variables()[i]->assign(golden.array(prefix + "weight" + std::to_string(i)));
  }

  std::unique_ptr<Executable> compile(ops::Phase phase) const {
    return cpu_device({.threads = 2})
        ->compile(specialize(lower(model), phase),
                  {.batch_size = x.shape()[0], .training = phase == ops::Phase::training});
  }
  void expect_weights(int step) const {
    for (size_t i = 0; i < layer.variables().size(); ++i) {
      const std::string name =
          prefix + "step" + std::to_string(step) + "/weight" + std::to_string(i);
      const auto result = difference(golden.array(name), layer.variables()[i]->value());
      EXPECT_LT(result.relative_to_one(), rounding) << name << ": " << result.to_string();
    }
  }

  const GoldenFile& golden;
  std::string prefix;
  Layer layer;
  Tensor x;
  Symbol symbol;
  Functional model;
};

void descend(Executable& executable) {
  for (size_t v = 0; v < executable.variables().size(); ++v) {
    Tensor value = executable.variables()[v]->value();
    for (size_t i = 0; i < value.values().size(); ++i)
      value.values()[i] -= rate * executable.gradients()[v].values()[i];
  }
  executable.variables_changed();
}

TEST(SpectralNormalization, trains_as_in_keras) {
  const GoldenFile golden("layers/spectral_normalization_steps.golden.gz");
  for (int64_t index = 0; index < golden.number("cases"); ++index) {
    const Given given(golden, index);
    SCOPED_TRACE(golden.text(given.prefix + "config"));
    const auto executable = given.compile(ops::Phase::training);
    for (int step = 0; step < 3; ++step) {
      const Tensor y = executable->forward({&given.x, 1})[0].clone();
      const auto result =
          difference(golden.array(given.prefix + "output" + std::to_string(step)), y);
      EXPECT_LT(result.relative_to_one(), rounding) << "step " << step << result.to_string();
      const Tensor above = golden.array(given.prefix + "cotangent" + std::to_string(step));
      executable->backward({&above, 1});
      descend(*executable);
      given.expect_weights(step);
    }
    const auto plain = given.compile(ops::Phase::inference);
    const auto result =
        difference(golden.array(given.prefix + "inference"), plain->forward({&given.x, 1})[0]);
    EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
    given.expect_weights(2);
  }
}

TEST(SpectralNormalization, replaces_the_kernel_of_a_frozen_layer_too) {
  const GoldenFile golden("layers/spectral_normalization_steps.golden.gz");
  const Given given(golden, 2);
  given.layer.set_trainable(false);
  EXPECT_EQ(split_frozen(lower(given.model)).prefix.nodes.size(), 1U)
      << "what changes is no constant function of the image";
  const auto executable = given.compile(ops::Phase::training);
  // After the first replacement the largest singular value is about 1, so the next ones do little.
  (void)executable->forward({&given.x, 1});
  const Tensor once = given.layer.variables()[0]->value().clone();
  EXPECT_GT(difference(golden.array(given.prefix + "weight0"), once).largest, 0.05F);
  const Tensor first = executable->forward({&given.x, 1})[0].clone();
  const auto again = given.compile(ops::Phase::inference)->forward({&given.x, 1})[0].clone();
  EXPECT_LT(difference(again, first).relative_to_one(), rounding)
      << "the step that reads the kernel sees the replaced one";
}

TEST(SpectralNormalization, leaves_a_kernel_of_zeros) {
  const GoldenFile golden("layers/spectral_normalization_steps.golden.gz");
  const Given given(golden, 0);
  given.layer.variables()[0]->assign(Tensor::zeros(given.layer.variables()[0]->shape()));
  const auto executable = given.compile(ops::Phase::training);
  (void)executable->forward({&given.x, 1});
  for (const float weight : given.layer.variables()[0]->value().values()) EXPECT_EQ(weight, 0.0F);
}

}  // namespace
}  // namespace thaw
