// Words that mean another thing in another Keras, and what a user says in place of Python code.

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/training_config.h"
#include "thaw/formats/keras/write_config.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/output_dictionary.h"

namespace thaw::keras {
namespace {

using testing::contains;
using testing::error_of;

Functional read(const std::string& text, const ReadOptions& options = {}) {
  std::vector<std::string> dropped;
  return read_config(parse_json(text), options, dropped);
}

std::string sequential(const std::string& layers) {
  return R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 3], "name": "x"}}, )" +
         layers + "]}}";
}

std::string layer(const std::string& class_name, const std::string& settings) {
  return R"({"class_name": ")" + class_name + R"(", "config": {"name": "one")" +
         (settings.empty() ? "" : ", " + settings) + "}}";
}

std::vector<std::string> classes_of(const Functional& model) {
  std::vector<std::string> result;
  for (const Layer& one : model.layers()) result.emplace_back(one.class_name());
  return result;
}

TEST(Dialects, hard_sigmoid_is_that_of_the_keras_that_wrote_it) {
  using Classes = std::vector<std::string>;
  for (const char* function :
       {R"("activation": "hard_sigmoid")",
        R"("activation": {"class_name": "function", "config": "hard_sigmoid"})"}) {
    const std::string dense = sequential(layer("Dense", std::string(function) + R"(, "units": 2)"));
    const Functional old = read(dense, {.generation = 2});
    EXPECT_EQ(classes_of(old), (Classes{"InputLayer", "Dense", "Rescaling", "ReLU"}));
    const Config scaled = old.layers()[2].definition()->config();
    EXPECT_FLOAT_EQ(static_cast<float>(scaled.at("scale").as_list()[0].as_number()), 0.2F);
    EXPECT_FLOAT_EQ(static_cast<float>(scaled.at("offset").as_list()[0].as_number()), 0.5F);
    EXPECT_EQ(old.layers()[3].definition()->config().at("max_value"), Config(1.0));
    EXPECT_EQ(old.layers()[1].definition()->config().at("activation"), Config("linear"));
    const Functional now = read(dense, {.generation = 3});
    EXPECT_EQ(classes_of(now), (Classes{"InputLayer", "Dense"}));
  }
}

TEST(Dialects, thresholded_re_lu_is_a_form_of_re_lu) {
  const Functional model = read(sequential(layer("ThresholdedReLU", R"("theta": 0.75)")));
  EXPECT_EQ(model.layers()[1].definition()->config().at("threshold"), Config(0.75));
}

TEST(Dialects, quantized_weights_are_named_as_what_they_are) {
  const std::string message = error_of([] {
    read(sequential(layer("Dense", R"("units": 2, "dtype": {"module": "keras.dtype_policies",
      "class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}})")));
  });
  EXPECT_TRUE(contains(message, "\"one\" (Dense)")) << message;
  EXPECT_TRUE(contains(message, "quantized (int8")) << message;
  EXPECT_TRUE(contains(message, "before model.quantize()")) << message;
}

/// As Keras 3 writes a model of dictionaries, and one around it.
TEST(Dialects, ends_in_a_dictionary_are_read_in_its_order) {
  const std::string inner =
      R"({"class_name": "Functional", "name": "net", "config": {"name": "net", "layers": [
    {"class_name": "InputLayer", "name": "image", "inbound_nodes": [], "config": {"batch_shape": [null, 4, 4, 3], "name": "image"}},
    {"class_name": "Flatten", "name": "flat", "config": {"name": "flat"}, "inbound_nodes": [{"args": [
      {"class_name": "__keras_tensor__", "config": {"keras_history": ["image", 0, 0]}}], "kwargs": {}}]}],
    "input_layers": {"image": ["image", 0, 0]}, "output_layers": {"label": ["flat", 0, 0]}})";
  EXPECT_EQ(read(inner + "}").outputs()[0].shape(), Shape{48});
  const std::string calls[] = {
      R"([{"args": [{"image": {"class_name": "__keras_tensor__", "config": {"keras_history": ["photo", 0, 0]}}}],
          "kwargs": {"mask": {"image": null}}}])",
      R"([{"image": ["photo", 0, 0, {}]}])"};
  for (const std::string& call : calls) {
    const Functional outer =
        read(R"({"class_name": "Functional", "config": {"name": "outer", "layers": [
      {"class_name": "InputLayer", "name": "photo", "inbound_nodes": [], "config": {"batch_shape": [null, 4, 4, 3], "name": "photo"}}, )" +
             inner + R"(, "inbound_nodes": )" + call + R"(}],
      "input_layers": [["photo", 0, 0]], "output_layers": {"label": ["net", 1, 0]}}})");
    EXPECT_EQ(outer.outputs()[0].shape(), Shape{48});
  }
}

/// Keras counts a dictionary's tensors by their keys, in whatever order it was written.
TEST(Dialects, tensors_of_a_dictionary_stand_in_the_order_of_its_keys) {
  const std::string layers =
      R"({"class_name": "Functional", "name": "net", "config": {"name": "net", "layers": [
    {"class_name": "InputLayer", "name": "image", "inbound_nodes": [], "config": {"batch_shape": [null, 4, 4, 3], "name": "image"}},
    {"class_name": "Flatten", "name": "flat", "config": {"name": "flat"}, "inbound_nodes": [{"args": [
      {"class_name": "__keras_tensor__", "config": {"keras_history": ["image", 0, 0]}}], "kwargs": {}}]}],
    "input_layers": ["image", 0, 0], "output_layers": )";
  const std::string outputs = R"({"wide": ["flat", 0, 0], "as_it_is": ["image", 0, 0]}}})";
  const Functional model = read(layers + outputs);
  EXPECT_EQ(model.outputs()[0].shape(), (Shape{4, 4, 3}));
  EXPECT_EQ(model.outputs()[1].shape(), Shape{48});
  EXPECT_EQ(output_dictionary(model), (std::vector<std::string>{"as_it_is", "wide"}));
  const Config again = keras::write_config(model, keras::Dialect::keras_3);
  EXPECT_EQ(again.at("config").at("output_layers").to_string(),
            R"({"as_it_is": ["image", 0, 0], "wide": ["flat", 0, 0]})");
  EXPECT_TRUE(output_dictionary(model.up_to(model.outputs()[1])).empty());
}

/// As Keras 3 writes the call of an image layer in a Functional.
TEST(Dialects, training_is_left_to_the_network_where_it_is_a_default) {
  const auto call_of = [](const std::string& class_name) {
    const Functional model = read(
        R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "x", "inbound_nodes": [], "config": {"batch_shape": [null, 4, 4, 3], "name": "x"}},
      {"class_name": ")" +
        class_name + R"(", "name": "one", "config": {"name": "one"}, "inbound_nodes": [{"args": [
        {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}], "kwargs": {"training": true}}]}],
      "input_layers": ["x", 0, 0], "output_layers": ["one", 0, 0]}})");
    return model.output_of("one").call()->training;
  };
  EXPECT_EQ(call_of("RandAugment"), std::nullopt);
  EXPECT_EQ(call_of("RandomFlip"), std::nullopt);
  EXPECT_EQ(call_of("Dropout"), std::optional(true));
}

TEST(Dialects, compile_takes_words) {
  const Config config = modern_compile_config(parse_json(
      R"({"optimizer": "adam", "loss": "mse", "metrics": ["mae", "accuracy"], "loss_weights": null})"));
  EXPECT_EQ(config.at("optimizer").at("class_name"), Config("Adam"));
  EXPECT_EQ(config.at("loss"), Config("mse"));
  const Config old = training_config_from(config);
  EXPECT_EQ(old.at("optimizer_config").at("class_name"), Config("Adam"));
  EXPECT_EQ(old.at("loss"), Config("mean_squared_error"));
  const Config other =
      modern_compile_config(parse_json(R"({"optimizer": "RMSprop", "loss": "kld"})"));
  EXPECT_EQ(other.at("optimizer").at("class_name"), Config("RMSprop"));
}

class Lambdas : public ::testing::Test {
 protected:
  static Functional model(const std::string& expression) {
    return read(sequential(layer("Lambda", R"("function": ["4wEAAAA", null, null])")),
                {.lambdas = {{"one", expression}}});
  }
  static std::vector<double> numbers(const Functional& model, const char* key) {
    std::vector<double> result;
    const Config config = model.get_layer("one").definition()->config();
    for (const Config& number : config.at(key).as_list()) result.push_back(number.as_number());
    return result;
  }
};

TEST_F(Lambdas, are_refused_with_the_flag_that_replaces_them) {
  const std::string message = error_of([] { read(sequential(layer("Lambda", ""))); });
  EXPECT_TRUE(contains(message, "layer \"one\" (Lambda)")) << message;
  EXPECT_TRUE(contains(message, R"(--lambda one="x/127.5-1")")) << message;
}

TEST_F(Lambdas, are_what_the_user_says) {
  const auto expect = [](const char* expression, const std::vector<double>& scale,
                         const std::vector<double>& offset) {
    const Functional read = model(expression);
    const auto scales = numbers(read, "scale");
    const auto offsets = numbers(read, "offset");
    ASSERT_EQ(scales.size(), scale.size()) << expression;
    ASSERT_EQ(offsets.size(), offset.size()) << expression;
    for (size_t i = 0; i < scale.size(); ++i) EXPECT_NEAR(scales[i], scale[i], 1e-7) << expression;
    for (size_t i = 0; i < offset.size(); ++i)
      EXPECT_NEAR(offsets[i], offset[i], 1e-6) << expression;
  };
  expect("x/127.5-1", {1 / 127.5}, {-1});
  expect("(x - 127.5) / 127.5", {1 / 127.5}, {-1});
  expect("x / 255.", {1 / 255.0}, {0});
  expect("2*(1 - x)", {-2}, {2});
  expect("-x + 1e1", {-1}, {10});
  expect("x*[1, 2, 4] - [0.5,-1,2]", {1, 2, 4}, {-0.5, 1, -2});
  expect("(x/255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]",
         {1 / 255.0 / 0.229, 1 / 255.0 / 0.224, 1 / 255.0 / 0.225},
         {-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225});
  expect("x[..., ::-1] - [1, 2, 3]", {1}, {-1, -2, -3});
  EXPECT_EQ(model("x[..., ::-1] - [1, 2, 3]").layers()[1].class_name(), "GetItem");
  expect("(x - [1, 2, 3])[:, :, :, ::-1]", {1}, {-3, -2, -1});
  expect("x + x", {2}, {0});
}

TEST_F(Lambdas, that_are_no_such_arithmetic_are_wrong_calls) {
  for (const char* expression :
       {"", "x*x", "1/x", "y", "x+", "(x", "x[0]", "x/0", "3", "x, 1", "[1,2]*[1,2,3]*x",
        "tf.sqrt(x)", "x[..., ::-1] + x", "x - [a]", "x y"}) {
    const std::string message = error_of<UsageError>([&] { model(expression); });
    EXPECT_TRUE(contains(message, "--lambda: expected ")) << expression << ": " << message;
  }
  const std::string message = error_of<UsageError>([] {
    read(sequential(layer("Dense", R"("units": 2)")), {.lambdas = {{"one", "x"}}});
  });
  EXPECT_TRUE(contains(message, "the model has none")) << message;
}

}  // namespace
}  // namespace thaw::keras
