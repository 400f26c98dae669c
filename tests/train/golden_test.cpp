#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "thaw/core/error.h"
#include "thaw/train/loss.h"
#include "thaw/train/optimizers/adam.h"
#include "thaw/train/optimizers/rmsprop.h"
#include "thaw/train/optimizers/sgd.h"

namespace thaw {
namespace {

/// Lines "name number…" written by tools/golden/train_steps.py.
std::vector<float> golden(const std::string& wanted) {
  std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/steps.txt");
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != wanted) continue;
    std::vector<float> values;
    for (float value = 0; words >> value;) values.push_back(value);
    return values;
  }
  throw Error("no golden values for " + wanted);
}

void expect_loss(const std::string& golden_name, const char* loss, LossOptions options) {
  const bool logits = options.from_logits;
  const std::vector<float> x = logits ? std::vector<float>{1.5F, -0.5F, 0.25F, -2, 0.75F, 3}
                                      : std::vector<float>{.2F, .5F, .1F, .1F, .3F, .7F};
  const LossType& type = loss_types::find(loss);
  const std::vector<float> targets =
      type.sparse_targets ? std::vector<float>{1, 2} : std::vector<float>{0, 1, 0, .2F, .3F, .5F};
  const std::vector<float> weights = {2, 0.5F};
  std::vector<float> gradient(6);
  const double value = type.run({.outputs = x,
                                 .targets = targets,
                                 .weights = weights,
                                 .rows = 2,
                                 .columns = 3,
                                 .target_columns = type.sparse_targets ? 1 : 3,
                                 .options = options},
                                gradient);
  const auto expected = golden(golden_name);
  ASSERT_EQ(expected.size(), 7U);
  // Keras computes in float32: a few units in its last place.
  EXPECT_NEAR(value, expected[0], 2e-6) << golden_name;
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(gradient[i], expected[i + 1], 2e-6) << golden_name;
}

TEST(Loss, values_and_gradients_agree_with_keras) {
  expect_loss("cc_logits", "categorical_crossentropy",
              {.label_smoothing = 0.1F, .from_logits = true});
  expect_loss("cc", "categorical_crossentropy", {.label_smoothing = 0.1F});
  expect_loss("scc_logits", "sparse_categorical_crossentropy", {.from_logits = true});
  expect_loss("scc", "sparse_categorical_crossentropy", {});
  expect_loss("bc_logits", "binary_crossentropy", {.label_smoothing = 0.1F, .from_logits = true});
  expect_loss("bc", "binary_crossentropy", {});
  expect_loss("mse", "mean_squared_error", {});
}

void expect_trajectory(const std::string& golden_name, const Optimizer& optimizer) {
  const auto variable =
      std::make_shared<Variable>("w", Shape{3}, true, [](uint64_t) { return Tensor::zeros({3}); });
  variable->assign(Tensor::from({3}, std::vector<float>{1, -2, 0.5F}));
  const std::vector<VariablePtr> variables = {variable};
  optimizer.build(variables);
  Threads threads(1);
  for (int k = 0; k < 3; ++k) {
    const auto step = static_cast<float>(k);
    std::vector<Tensor> gradients = {
        Tensor::from({3}, std::vector<float>{0.5F + step, -0.25F, 0.1F * step})};
    optimizer.apply(gradients, threads);
  }
  EXPECT_EQ(optimizer.iterations(), 3);
  const auto expected = golden(golden_name);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(variable->value().values()[i], expected[i], 2e-6) << golden_name;
}

TEST(Optimizer, trajectories_agree_with_keras) {
  expect_trajectory("adam", adam({.learning_rate = 0.1}));
  expect_trajectory("adam_clip", adam({.learning_rate = 0.1, .common = {.clipnorm = 0.5}}));
  expect_trajectory("adamw", adamw({.learning_rate = 0.1}));
  expect_trajectory("sgd", sgd({.learning_rate = 0.1}));
  expect_trajectory("sgd_m", sgd({.learning_rate = 0.1, .momentum = 0.9}));
  expect_trajectory("sgd_n", sgd({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}));
  expect_trajectory("sgd_v", sgd({.learning_rate = 0.1, .common = {.clipvalue = 0.3}}));
  expect_trajectory("sgd_g", sgd({.learning_rate = 0.1, .common = {.global_clipnorm = 0.5}}));
  expect_trajectory("rmsprop", rmsprop({.learning_rate = 0.1}));
}

}  // namespace
}  // namespace thaw
