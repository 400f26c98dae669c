// Model::save() and load(): training goes on from a file as if it had never stopped.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/random.h"
#include "thaw/data/array_dataset.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/train/compile_config.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

Tensor noise(const Shape& shape, uint64_t seed) {
  Tensor result(shape);
  Random random(seed, 0);
  for (float& value : result.values()) value = random.uniform(-1, 1);
  return result;
}

/// A frozen convolution under one that trains, whose order in the lowered graph is not Keras's.
Model small_model() {
  const Symbol image = input({6, 6, 2}, "image");
  const Layer frozen = conv_2d({.filters = 3, .kernel_size = 3, .name = "frozen"});
  frozen.set_trainable(false);
  Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(frozen(image));
  x = batch_normalization({.name = "norm"})(x);
  x = global_average_pooling_2d({.name = "pool"})(x);
  return Model(image, dense({.units = 3, .activation = "softmax", .name = "head"})(x), "small");
}

ArrayDataset samples() {
  return ArrayDataset(noise({8, 6, 6, 2}, 7), std::vector<int64_t>{0, 1, 2, 0, 1, 2, 0, 1});
}

void train(const Model& model, int epochs) {
  model.fit(testing::engine(), samples(), {.epochs = epochs, .batch_size = 4, .shuffle = false});
}

void expect_same_weights(const Model& a, const Model& b, const std::string& what) {
  const auto left = a.variables();
  const auto right = b.variables();
  ASSERT_EQ(left.size(), right.size()) << what;
  for (size_t i = 0; i < left.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(left[i]->value().values(), right[i]->value().values()))
        << what << ": " << left[i]->name();
  }
}

/// Every optimizer there is as it usually is, and some with options.
std::vector<std::string> optimizers() {
  std::vector<std::string> result = {
      "adam@learning_rate=0.01,beta_1=0.8,clipnorm=0.5", "rmsprop@learning_rate=0.01,rho=0.7",
      "sgd@learning_rate=0.1,momentum=0.9,nesterov=true,weight_decay=0.01"};
  for (const OptimizerType* type : optimizer_types::all()) result.emplace_back(type->name);
  return result;
}

class SavedModel : public ::testing::Test {
 protected:
  const testing::TemporaryFolder folder;
};

TEST_F(SavedModel, trains_on_to_the_same_bits_with_every_optimizer_in_both_forms) {
  for (const std::string& what : optimizers()) {
    const Model model = small_model();
    model.compile({.optimizer = make_optimizer(what, 0.02),
                   .loss = Loss("categorical_crossentropy", {{"label_smoothing", 0.125}}),
                   .metrics = {"accuracy", "categorical_accuracy", "f1_score@average=macro"}});
    train(model, 2);
    model.save(folder / "a.keras");
    model.save(folder / "a.h5");
    train(model, 2);
    for (const char* name : {"a.keras", "a.h5"}) {
      std::vector<std::string> dropped;
      const Model read = Model::load(folder / name, {}, &dropped);
      EXPECT_EQ(dropped, std::vector<std::string>{}) << what;
      ASSERT_NE(read.compiled(), nullptr) << what;
      EXPECT_EQ(to_config(*read.compiled()).to_string(), to_config(*model.compiled()).to_string());
      EXPECT_EQ(read.compiled()->optimizer.iterations(), 4);
      train(read, 2);
      expect_same_weights(model, read, name + (": " + what));
    }
  }
}

TEST_F(SavedModel, keeps_a_learning_rate_that_was_changed) {
  const Model model = small_model();
  Optimizer optimizer = adam();
  model.compile({.optimizer = optimizer, .loss = "categorical_crossentropy"});
  optimizer.set_learning_rate(0.25);
  model.save(folder / "a.keras");
  EXPECT_EQ(Model::load(folder / "a.keras").compiled()->optimizer.learning_rate(), 0.25);
}

TEST_F(SavedModel, that_was_not_compiled_is_not_afterwards) {
  small_model().save(folder / "a.h5");
  EXPECT_EQ(Model::load(folder / "a.h5").compiled(), nullptr);
}

TEST_F(SavedModel, whose_loss_or_optimizer_is_not_known_is_not_compiled_and_says_why) {
  const Model model = small_model();
  model.compile({.optimizer = adam(), .loss = "categorical_crossentropy"});
  const auto reason = [&](auto change) {
    Config compile = to_config(*model.compiled());
    change(compile);
    write_model_file({.model = model, .training = TrainingRecord{compile}}, folder / "a.keras");
    std::vector<std::string> dropped;
    const Model read = Model::load(folder / "a.keras", {}, &dropped);
    EXPECT_EQ(read.compiled() == nullptr, !dropped.empty());
    EXPECT_EQ(read.predict(testing::engine(), noise({1, 6, 6, 2}, 1)).shape(), (Shape{1, 3}));
    return dropped.empty() ? "" : dropped.back();
  };
  EXPECT_EQ(reason([](Config&) {}), "");
  const auto with = [&](const char* key, const Config& value) {
    return reason([&](Config& compile) {
      Config optimizer = compile.at("optimizer");
      Config options = optimizer.at("config");
      options.set(key, value);
      optimizer.set("config", options);
      compile.set("optimizer", optimizer);
    });
  };
  EXPECT_TRUE(contains(with("amsgrad", true), "amsgrad"));
  EXPECT_TRUE(contains(with("gradient_accumulation_steps", 4), "gradient_accumulation_steps"));
  EXPECT_TRUE(
      contains(with("learning_rate", Config(Config::Map{}).set("class_name", "CosineDecay")),
               "CosineDecay"));
  EXPECT_TRUE(contains(reason([](Config& c) { c.set("loss", "huber"); }), "huber"));
  EXPECT_TRUE(contains(reason([](Config& c) { c.set("loss", Config::List{"mse", "mse"}); }), "2"));
  EXPECT_TRUE(contains(reason([](Config& c) { c.set("optimizer", "ftrl"); }), "Ftrl"));
}

TEST(CompileConfig, reads_losses_by_any_of_their_names) {
  const Config optimizer("sgd");
  const auto loss_of = [&](const Config& loss) {
    std::vector<std::string> dropped;
    return compile_options_from(Config(Config::Map{}).set("optimizer", optimizer).set("loss", loss),
                                dropped)
        .loss;
  };
  for (const Config& loss :
       {Config("mse"), Config("mean_squared_error"), Config("MeanSquaredError"),
        Config(Config::List{"mse"}), Config(Config::Map{{"head", "mse"}}),
        Config(Config::Map{{"class_name", "MeanSquaredError"}, {"config", Config::Map{}}})})
    EXPECT_EQ(loss_of(loss).name, "mean_squared_error") << loss.to_string();
  EXPECT_NE(error_of([&] {
              loss_of(Config(Config::Map{{"class_name", "MeanSquaredError"},
                                         {"config", Config(Config::Map{{"reduction", "sum"}})}}));
            }),
            "");
}

TEST(CompileConfig, says_which_metrics_it_leaves_out) {
  std::vector<std::string> dropped;
  const auto object = [](const char* name, Config::Map options) {
    return Config(Config::Map{{"class_name", name}, {"config", std::move(options)}});
  };
  const CompileOptions options = compile_options_from(
      Config(Config::Map{
          {"optimizer", "sgd"},
          {"loss", "mse"},
          {"metrics",
           Config::List{"acc", "mean_iou", object("BinaryAccuracy", {{"threshold", 0.25}}),
                        object("AUC", {{"multi_label", true}}),
                        object("F1Score", {{"average", "macro"}, {"threshold", Config()}}),
                        object("CategoricalAccuracy", {{"name", "right"}})}},
          {"weighted_metrics", Config::List{"accuracy"}}}),
      dropped);
  EXPECT_EQ(options.metrics,
            (std::vector<std::string>{"accuracy", "binary_accuracy@threshold=0.25",
                                      "f1_score@average=macro", "categorical_accuracy"}));
  EXPECT_EQ(dropped, (std::vector<std::string>{"metric mean_iou", "metric auc",
                                               "the name \"right\" of metric categorical_accuracy",
                                               "weighted_metrics"}));
}

}  // namespace
}  // namespace thaw
