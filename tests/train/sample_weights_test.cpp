// Weights of samples in training and validation: tools/golden/train_weights.py.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "support/engine.h"
#include "support/error_of.h"
#include "thaw/data/array_dataset.h"
#include "thaw/data/augment/augmented_dataset.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

std::vector<double> golden(const std::string& wanted) {
  std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/weights.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<double> values;
    for (double value = 0; words >> value;) values.push_back(value);
    if (name == wanted) return values;
  }
  throw Error("no golden values for " + wanted);
}

constexpr int64_t samples = 10;
constexpr int64_t validated = 7;
const std::vector<double> sample_weights = {0.5, 2, 0, 1, 3, 0.25, 1, 1, 4, 0.125};

ArrayDataset first(int64_t count) {
  Tensor x({count, 4});
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t k = 0; k < 4; ++k)
      x.values()[static_cast<size_t>(4 * i + k)] = static_cast<float>((3 * i + 5 * k) % 7 - 3) / 4;
    labels.push_back(i % 3);
  }
  return {x, labels, {sample_weights.begin(), sample_weights.begin() + count}};
}

Model model() {
  const Symbol x = input({4});
  Model model(x, dense({.units = 3, .activation = "softmax", .name = "head"})(x));
  Tensor kernel({4, 3});
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t k = 0; k < 3; ++k)
      kernel.values()[static_cast<size_t>(3 * i + k)] = static_cast<float>((i + 2 * k) % 5 - 2) / 8;
  }
  model.variables()[0]->assign(kernel);
  model.variables()[1]->assign(Tensor::from({3}, std::vector<float>{0.1F, -0.2F, 0}));
  model.compile({.optimizer = make_optimizer("sgd", 0.2),
                 .loss = "categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

/// Keras computes in float32: a few units in the last place of numbers about 1.
constexpr double tolerance = 2e-6;

void expect_keras(const std::string& name, const std::map<int64_t, double>& class_weight) {
  const Model trained = model();
  const ArrayDataset data = first(samples);
  const ArrayDataset validation = first(validated);
  const History history = trained.fit(testing::engine(), data,
                                      {.epochs = 3,
                                       .batch_size = 4,
                                       .validation_data = validation,
                                       .shuffle = false,
                                       .class_weight = class_weight});
  for (size_t epoch = 0; epoch < 3; ++epoch) {
    const auto expected = golden(name + "/" + std::to_string(epoch));
    for (size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(history.logs[epoch][k].second, expected[k], tolerance)
          << name << " epoch " << epoch << " " << history.logs[epoch][k].first;
  }
  for (size_t v = 0; v < 2; ++v) {
    const auto expected = golden(name + (v == 0 ? "/kernel" : "/bias"));
    const auto values = trained.variables()[v]->value().values();
    ASSERT_EQ(values.size(), expected.size());
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i], expected[i], tolerance) << name << " " << i;
  }
  EXPECT_NEAR(trained.evaluate(testing::engine(), validation)[0].second, golden(name + "/2")[2],
              tolerance)
      << "evaluate() weighs as validation does";
}

TEST(SampleWeights, train_and_validate_as_in_keras_alone_and_with_those_of_classes) {
  expect_keras("samples", {});
  expect_keras("samples_and_classes", {{1, 2.5}});
}

TEST(SampleWeights, of_views_are_those_of_their_images) {
  const ArrayDataset images(Tensor::zeros({2, 4, 4, 3}), std::vector<int64_t>{0, 1}, {0.25, 3});
  const AugmentedDataset views(images, {.kind = Views::flipped, .views = 2});
  EXPECT_EQ(views.weight(1), 0.25);
  EXPECT_EQ(views.weight(2), 3);
  EXPECT_EQ(RandomlyAugmentedDataset(images, 1).at_epoch(1, 2)->weight(1), 3);
}

TEST(SampleWeights, that_are_none_are_refused) {
  const auto refused = [](std::vector<double> weights) {
    return testing::error_of([&] {
      ArrayDataset(Tensor::zeros({2, 4}), std::vector<int64_t>{0, 1}, std::move(weights));
    });
  };
  EXPECT_TRUE(testing::contains(refused({1}), "expected 2 weights, received 1"));
  EXPECT_TRUE(testing::contains(refused({1, -0.5}), "weights of 0 or more, received -0.5"));
  EXPECT_TRUE(testing::contains(refused({1, std::nan("")}), "weights of 0 or more"));
}

}  // namespace
}  // namespace thaw
