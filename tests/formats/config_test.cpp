// Configs of old dialects, and hostile ones.

#include <gtest/gtest.h>

#include <chrono>

#include "support/error_of.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/graph/layer_type.h"

namespace thaw::keras {
namespace {

using testing::contains;
using testing::error_of;

Functional read(const std::string& text) {
  std::vector<std::string> dropped;
  return read_config(parse_json(text), ReadOptions{}, dropped);
}

Config config_of(const Functional& model, const char* layer) {
  return model.get_layer(layer).definition()->config();
}

/// As Keras 1.2 wrote model.to_json().
TEST(OldConfig, of_keras_1_is_read_as_todays_layers) {
  const Functional model = read(R"({"class_name": "Model", "keras_version": "1.2.2", "config": {
    "name": "old", "layers": [
      {"class_name": "InputLayer", "name": "input_1", "inbound_nodes": [], "config":
        {"batch_input_shape": [null, 9, 8, 3], "input_dtype": "float32", "sparse": false, "name": "input_1"}},
      {"class_name": "Convolution2D", "name": "conv", "inbound_nodes": [[["input_1", 0, 0]]], "config":
        {"name": "conv", "trainable": false, "nb_filter": 4, "nb_row": 3, "nb_col": 2, "init": "glorot_uniform",
         "activation": "relu", "border_mode": "same", "subsample": [2, 1], "dim_ordering": "tf", "bias": false,
         "W_regularizer": null, "b_constraint": null}},
      {"class_name": "BatchNormalization", "name": "norm", "inbound_nodes": [[["conv", 0, 0]]], "config":
        {"name": "norm", "trainable": true, "epsilon": 0.01, "mode": 0, "axis": 3, "momentum": 0.9,
         "gamma_init": "one", "beta_init": "zero"}},
      {"class_name": "Convolution2D", "name": "side", "inbound_nodes": [[["norm", 0, 0]]], "config":
        {"name": "side", "nb_filter": 4, "nb_row": 1, "nb_col": 1, "border_mode": "valid", "dim_ordering": "tf"}},
      {"class_name": "Merge", "name": "sum", "inbound_nodes": [[["norm", 0, 0], ["side", 0, 0]]], "config":
        {"name": "sum", "mode": "sum", "concat_axis": -1}},
      {"class_name": "Merge", "name": "both", "inbound_nodes": [[["norm", 0, 0], ["sum", 0, 0]]], "config":
        {"name": "both", "mode": "concat", "concat_axis": -1}},
      {"class_name": "MaxPooling2D", "name": "pool", "inbound_nodes": [[["both", 0, 0]]], "config":
        {"name": "pool", "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf"}},
      {"class_name": "Dropout", "name": "drop", "inbound_nodes": [[["pool", 0, 0]]], "config":
        {"name": "drop", "p": 0.25}},
      {"class_name": "Flatten", "name": "flat", "inbound_nodes": [[["drop", 0, 0]]], "config": {"name": "flat"}},
      {"class_name": "Dense", "name": "out", "inbound_nodes": [[["flat", 0, 0]]], "config":
        {"name": "out", "output_dim": 5, "input_dim": 64, "init": "he_normal", "activation": "softmax", "bias": true}}],
    "input_layers": [["input_1", 0, 0]], "output_layers": [["out", 0, 0]]}})");
  EXPECT_EQ(model.output_of("conv").shape(), (Shape{5, 8, 4}));
  EXPECT_EQ(model.output_of("both").shape(), (Shape{5, 8, 8}));
  EXPECT_EQ(model.outputs()[0].shape(), Shape{5});
  // Keras 1's own count: 3·3·2·4 + 4·4 + (4·4 + 4) + (64·5 + 5).
  EXPECT_EQ(model.count_parameters(), 72 + 16 + 20 + 325);
  const Config conv = config_of(model, "conv");
  EXPECT_EQ(conv.at("kernel_size"), Config(Config::List{3, 2}));
  EXPECT_EQ(conv.at("strides"), Config(Config::List{2, 1}));
  EXPECT_EQ(conv.at("padding"), Config("same"));
  EXPECT_EQ(conv.at("use_bias"), Config(false));
  EXPECT_FALSE(model.get_layer("conv").trainable());
  EXPECT_FLOAT_EQ(static_cast<float>(config_of(model, "norm").at("momentum").as_number()), 0.9F);
  EXPECT_FLOAT_EQ(static_cast<float>(config_of(model, "norm").at("epsilon").as_number()), 0.01F);
  EXPECT_EQ(config_of(model, "drop").at("rate"), Config(0.25));
}

/// Keras 1 and 2 wrote a Sequential's layers as a bare list.
TEST(OldConfig, of_a_sequential_is_a_list_of_layers) {
  const Functional model = read(R"({"class_name": "Sequential", "config": [
    {"class_name": "Convolution2D", "config": {"name": "conv", "nb_filter": 2, "nb_row": 3, "nb_col": 3,
      "batch_input_shape": [null, 8, 8, 3], "border_mode": "valid"}},
    {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}}]})");
  EXPECT_EQ(model.outputs()[0].shape(), Shape{2});
}

/// An operator of one number as Keras 3 writes it, and as tf.keras did; a model of such layers.
std::string modern(const std::string& kind, const std::string& name, const std::string& from,
                   bool number_is_first, const std::string& number) {
  const std::string tensor =
      R"({"class_name": "__keras_tensor__", "config": {"keras_history": [")" + from +
      R"(", 0, 0]}})";
  return R"({"module": "keras.src.ops.numpy", "class_name": ")" + kind + R"(", "name": ")" + name +
         R"(", "config": {"name": ")" + name + R"("}, "inbound_nodes": [{"args": [)" +
         (number_is_first ? number + ", " + tensor : tensor + ", " + number) +
         R"(], "kwargs": {}}]})";
}

std::string old(const std::string& function, const std::string& name, const std::string& call) {
  return R"({"class_name": "TFOpLambda", "name": ")" + name + R"(", "config": {"name": ")" + name +
         R"(", "function": ")" + function + R"("}, "inbound_nodes": [[)" + call + "]]}";
}

Functional model_of(const std::string& layers) {
  return read(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
       "config": {"batch_shape": [null, 2, 2, 1], "name": "x"}}, )" +
              layers + R"(], "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}})");
}

/// x + 3, 6 − x, x·0.5 and x/4 one after the other, in words of Keras 3 and of tf.keras.
TEST(Operators, on_a_number_are_read_as_scales_and_offsets) {
  for (const Functional& model :
       {model_of(modern("Add", "a", "x", false, "3.0") + "," +
                 modern("Subtract", "b", "a", true, "6") + "," +
                 modern("Multiply", "c", "b", false, "0.5") + "," +
                 modern("TrueDivide", "d", "c", false, "4.0")),
        model_of(old("__operators__.add", "a", R"(["x", 0, 0, {"y": 3.0, "name": null}])") + "," +
                 old("math.subtract", "b",
                     R"(["_CONSTANT_VALUE", -1, 6, {"y": ["a", 0, 0], "name": null}])") +
                 "," + old("math.multiply", "c", R"(["b", 0, 0, {"y": 0.5}])") + "," +
                 old("math.truediv", "d", R"(["c", 0, 0, {"y": 4.0}])"))}) {
    const std::pair<double, double> expected[] = {{1, 3}, {-1, 6}, {0.5, 0}, {0.25, 0}};
    const char* names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(model.get_layer(names[i]).class_name(), "Rescaling");
      EXPECT_EQ(config_of(model, names[i]).at("scale").as_list()[0].as_number(), expected[i].first)
          << names[i];
      EXPECT_EQ(config_of(model, names[i]).at("offset").as_list()[0].as_number(),
                expected[i].second)
          << names[i];
    }
  }
  const std::string both = old("math.add", "d", R"(["x", 0, 0, {"y": ["x", 0, 0]}])");
  EXPECT_EQ(model_of(both).get_layer("d").class_name(), "Add");
  const auto error = [&](const std::string& layer) { return error_of([&] { model_of(layer); }); };
  EXPECT_TRUE(contains(error(old("nn.moments", "d", R"(["x", 0, 0, {}])")), "nn.moments"));
  EXPECT_TRUE(
      contains(error(modern("Flatten", "d", "x", false, "3.0")), "keras.ops Flatten is not known"));
  EXPECT_TRUE(contains(error(modern("TrueDivide", "d", "x", false, "0")), "other numbers than 0"));
  EXPECT_TRUE(contains(error(modern("Add", "d", "x", false, "3, 4")),
                       "expected no more arguments, received 4"));
}

TEST(OldConfig, that_puts_channels_first_is_refused) {
  EXPECT_TRUE(contains(
      error_of([] {
        read(R"({"class_name": "Sequential", "config": [{"class_name": "Convolution2D", "config":
    {"name": "conv", "nb_filter": 2, "nb_row": 3, "nb_col": 3, "batch_input_shape": [null, 3, 8, 8],
     "dim_ordering": "th"}}]})");
      }),
      "channels_last"));
}

/// A Functional with one input of (8, 8, 3), the given layers, and the output "end".
std::string with_layers(const std::string& layers) {
  return R"({"class_name": "Functional", "config": {"name": "m", "layers": [
    {"class_name": "InputLayer", "name": "in", "inbound_nodes": [], "config": {"batch_shape": [null, 8, 8, 3]}},)" +
         layers + R"(], "input_layers": ["in", 0, 0], "output_layers": ["end", 0, 0]}})";
}

std::string relu(const std::string& name, const std::string& from, const std::string& node = "0") {
  return R"({"class_name": "ReLU", "name": ")" + name +
         R"(", "config": {}, "inbound_nodes": [[[")" + from + R"(", )" + node + R"(, 0, {}]]]})";
}

std::string end(const std::string& class_name, const std::string& settings) {
  return R"({"class_name": ")" + class_name + R"(", "name": "end", "config": {)" + settings +
         R"(}, "inbound_nodes": [[["in", 0, 0, {}]]]})";
}

std::string conv(const std::string& settings) { return end("Conv2D", settings); }

TEST(HostileConfig, ends_in_an_error_that_names_the_layer) {
  EXPECT_EQ(error_of([] { read(with_layers(relu("end", "in"))); }), "");
  for (
      const std::string& layers : {
          relu("end", "end"),                            // reads itself
          relu("end", "a") + "," + relu("a", "end"),     // a circle
          relu("end", "nowhere"),                        // of no layer
          relu("end", "in", "7"),                        // of no call
          relu("end", "in", "-1"),                       //
          relu("end", "in", "1e300"),                    //
          relu("end", "in") + "," + relu("end", "in"),   // one name twice
          conv(R"("filters": 9e18, "kernel_size": 1)"),  //
          conv(R"("filters": -1, "kernel_size": 1)"),    //
          conv(R"("filters": 1, "kernel_size": [1, 9223372036854775807])"),
          conv(R"("filters": 1, "kernel_size": [])"),
          conv(R"("filters": 1, "kernel_size": 0)"),
          conv(R"("filters": 1, "kernel_size": 1, "strides": 0)"),
          conv(R"("filters": 1, "kernel_size": 1, "strides": -1)"),
          conv(R"("filters": 1, "kernel_size": 1, "groups": 0)"),
          conv(R"("filters": 1, "kernel_size": 3, "dilation_rate": 4611686018427387904)"),
          conv(R"("filters": 1, "kernel_size": 3, "strides": 4611686018427387904)"),
          end("ZeroPadding2D", R"("padding": 4611686018427387904)"),
          end("ZeroPadding2D", R"("padding": -1)"),
          end("Reshape", R"("target_shape": [-1, 4294967296, 4294967296])"),
          end("Reshape", R"("target_shape": [-1, 1000])"),
          end("Normalization", R"("mean": [], "variance": [1.0])"),
          end("Normalization", R"("mean": [1.0, 2.0], "variance": [1.0, 2.0])"),
          conv(R"("filters": "many", "kernel_size": 1)"),
          conv(R"("filters": 1, "kernel_size": 1, "activation": "sorcery")"),
          std::string(
              R"({"class_name": "Lambda", "name": "end", "config": {}, "inbound_nodes": []})"),
          std::string(
              R"({"class_name": "Sorcery", "name": "end", "config": {}, "inbound_nodes": [[["in", 0, 0]]]})"),
      }) {
    const std::string message = error_of([&] { read(with_layers(layers)); });
    EXPECT_TRUE(contains(message, "\"end\"") || contains(message, "\"a\""))
        << layers << ": " << message;
    EXPECT_LT(message.size(), 600U) << layers;
  }
}

TEST(HostileConfig, of_wrong_kinds_is_an_error) {
  for (
      const char* text :
      {"", "{", "[]", "7", "null", "\"text\"", "{}", R"({"class_name": 7, "config": {}})",
       R"({"class_name": "Functional", "config": []})",
       R"({"class_name": "Functional", "config": {"layers": {}, "input_layers": [], "output_layers": []}})",
       R"({"class_name": "Sequential", "config": {"layers": []}})",
       R"({"class_name": "Sequential", "config": {"layers": [7]}})",
       R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {}}]}})",
       R"({"class_name": "Mine", "config": {}})"})
    EXPECT_NE(error_of([&] { read(text); }), "") << text;
}

TEST(HostileConfig, that_is_nested_without_end_is_an_error) {
  EXPECT_TRUE(contains(error_of([] { read(std::string(1'000'000, '[')); }), "deep"));
  std::string nested = R"({"class_name": "ReLU", "config": {"batch_input_shape": [null, 4]}})";
  for (int i = 0; i < 1000; ++i)
    nested = R"({"class_name": "Sequential", "config": {"layers": [)" + nested + "]}}";
  EXPECT_TRUE(contains(error_of([&] { read(nested); }), "deep"));
}

TEST(HostileConfig, whose_layers_stand_backwards_takes_no_longer) {
  std::string layers;
  constexpr int count = 5000;
  for (int i = count; i > 0; --i) {
    const std::string from = i == 1 ? "in" : "r" + std::to_string(i - 1);
    layers +=
        (layers.empty() ? "" : ",") + relu(i == count ? "end" : "r" + std::to_string(i), from);
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read(with_layers(layers)).layers().size(), count + 1U);
  // As long as forwards, some hundredths of a second, and not 5000 times that.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

}  // namespace
}  // namespace thaw::keras
