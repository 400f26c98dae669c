// What files of different Keras say of compile().

#include "thaw/formats/keras/training_config.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/formats/json.h"

namespace thaw::keras {
namespace {

Config modern(const char* text) { return modern_compile_config(parse_json(text)); }

TEST(TrainingConfig, of_keras_1_is_read_in_todays_words) {
  const Config config = modern(R"({"optimizer_config": {"class_name": "Adam", "config":
    {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-08, "decay": 0.0}},
    "loss": "mse", "metrics": ["accuracy"], "sample_weight_mode": null, "loss_weights": null})");
  const Config& optimizer = config.at("optimizer");
  EXPECT_EQ(optimizer.at("class_name"), Config("Adam"));
  EXPECT_EQ(optimizer.at("config").at("learning_rate"), Config(0.01));
  EXPECT_EQ(optimizer.at("config").find("lr"), nullptr);
  EXPECT_EQ(optimizer.at("config").find("decay"), nullptr);
  EXPECT_EQ(config.at("loss"), Config("mse"));
  EXPECT_EQ(config.at("metrics"), Config(Config::List{"accuracy"}));
  EXPECT_EQ(config.find("sample_weight_mode"), nullptr);
}

/// As tf.keras 2.15 wrote it.
TEST(TrainingConfig, of_keras_2_loses_its_wrappers) {
  const Config config = modern(R"({"loss": {"class_name": "BinaryCrossentropy", "config":
    {"reduction": "auto", "name": "binary_crossentropy", "from_logits": true, "fn": "binary_crossentropy"}},
    "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "binary_accuracy"}},
                 {"class_name": "MeanMetricWrapper", "config": {"name": "mine", "fn": "binary_accuracy"}}]],
    "weighted_metrics": null, "loss_weights": null, "optimizer_config": {"class_name": "Custom>SGD", "config":
    {"name": "SGD", "jit_compile": false, "is_legacy_optimizer": false, "learning_rate": 0.5, "momentum": 0.0}}})");
  EXPECT_EQ(config.at("optimizer").at("class_name"), Config("SGD"));
  EXPECT_EQ(config.at("optimizer").at("config").find("jit_compile"), nullptr);
  const Config& loss = config.at("loss");
  EXPECT_EQ(loss.at("module"), Config("keras.losses"));
  EXPECT_EQ(loss.at("config").at("reduction"), Config("sum_over_batch_size"));
  EXPECT_EQ(loss.at("config").at("from_logits"), Config(true));
  EXPECT_EQ(loss.at("config").find("fn"), nullptr);
  EXPECT_EQ(config.at("metrics"), Config(Config::List{"accuracy", "binary_accuracy"}));
}

TEST(TrainingConfig, goes_into_an_h5_file_and_back) {
  const Config config =
      modern(R"({"optimizer": {"class_name": "Nadam", "config": {"learning_rate": 0.5}},
    "loss": {"class_name": "Huber", "config": {"delta": 2.0}}, "metrics": ["acc", {"class_name": "AUC", "config": {}}],
    "loss_weights": [0.5], "weighted_metrics": [], "run_eagerly": false, "steps_per_execution": null})");
  EXPECT_EQ(modern_compile_config(training_config_from(config)), config);
  EXPECT_EQ(training_config_from(config).at("loss").find("module"), nullptr);
  EXPECT_EQ(config.find("steps_per_execution"), nullptr);
}

TEST(TrainingConfig, of_a_wrong_kind_is_an_error) {
  for (const char* text :
       {"7", "[]", "{}", R"({"optimizer": 7})", R"({"optimizer": {"class_name": 7, "config": {}}})",
        R"({"optimizer": {"class_name": "SGD", "config": []}})", R"({"optimizer_config": null})",
        R"({"optimizer": {"class_name": "SGD", "config": {}}, "loss": {"class_name": []}})"})
    EXPECT_NE(testing::error_of([&] { modern(text); }), "") << text;
}

}  // namespace
}  // namespace thaw::keras
