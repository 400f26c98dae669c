// TensorFlow Lite's models: what its converter wrote (tools/golden/tflite_files.py), and what was
// made to do harm.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/shared_files.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;

fs::path home() { return fs::path(THAW_SOURCE_FOLDER) / "tests/golden/tflite"; }

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(home()))
    if (entry.path().extension() == ".tflite") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

class Tflite : public ::testing::TestWithParam<std::string> {};

TEST_P(Tflite, predicts_as_its_interpreter) {
  const fs::path path = home() / (GetParam() + ".tflite");
  const testing::GoldenFile golden("tflite/" + GetParam() + ".golden.gz");
  EXPECT_EQ(model_formats::recognize(ModelInput(path)).name, "tflite");
  const Model model = Model::load(path);
  const auto apart =
      testing::difference(golden.array("y"), model.predict(testing::engine(), golden.array("x")));
  EXPECT_LT(apart.relative_to_one(), 1e-5F) << apart.to_string();
  EXPECT_GT(model.count_trainable_parameters(), 0);
  if (GetParam() == "transformer") return;  // heads lie before the tokens
  for (const Layer& layer : model.layers())
    EXPECT_NE(layer.class_name(), "Permute") << layer.name() << " in a graph with channels last";
}

INSTANTIATE_TEST_SUITE_P(Every, Tflite, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param; });

Functional golden_model(const std::string& name) { return load_model(home() / (name + ".tflite")); }

TEST(TfliteFiles, name_their_layers_as_the_keras_model_did) {
  const Functional model = golden_model("convolutions");
  // Keras 3 counts the calls of a layer in the names of its operations.
  for (const char* layer : {"first_1", "depthwise_1", "strided_1", "dilated_1", "head_1"})
    EXPECT_EQ(model.get_layer(layer).name(), layer);
}

TEST(TfliteFiles, tell_their_classes_and_how_images_are_fed) {
  const Functional model = golden_model("labelled");
  EXPECT_EQ(model.metadata().at("classes"), Config(Config::List{"cat", "dog", "neither"}));
  EXPECT_EQ(model.metadata().at("pictures").at("preprocessing"), Config("tf"));
  const Functional of_bytes = golden_model("bytes_in");
  EXPECT_EQ(of_bytes.metadata().at("pictures").at("preprocessing"), Config("none"));
  EXPECT_EQ(golden_model("convolutions").metadata().find("pictures"), nullptr);
}

TEST(TfliteFiles, say_that_weights_of_8_bits_are_read_as_floats) {
  const ModelFile content = read_model_file(home() / "weights_of_8_bits.tflite");
  ASSERT_EQ(content.dropped.size(), 1U);
  EXPECT_TRUE(contains(content.dropped[0], "weights of int8 with scales")) << content.dropped[0];
}

TEST(TfliteFiles, that_are_quantized_are_refused_with_what_to_do) {
  const std::string error = error_of([] { load_model(home() / "refused/quantized.tflite"); });
  EXPECT_TRUE(contains(error, "the model is quantized")) << error;
  EXPECT_TRUE(contains(error, "is int8")) << error;
  EXPECT_TRUE(contains(error, "expected a float model; convert the original again")) << error;
}

TEST(TfliteFiles, of_the_shared_model_predict_as_the_keras_file_beside) {
  const fs::path folder =
      testing::shared_file("models/mlperf_resnet8_cifar10.tflite").parent_path();
  THAW_NEEDS_SHARED_FILE(folder / "mlperf_resnet8_cifar10.tflite");
  Tensor x({2, 32, 32, 3});
  for (size_t i = 0; i < x.values().size(); ++i)
    x.values()[i] = static_cast<float>((i * 7919) % 256);
  const Model keras = Model::load(folder / "mlperf_resnet8_cifar10.h5");
  const Model lite = Model::load(folder / "mlperf_resnet8_cifar10.tflite");
  const auto apart =
      testing::difference(keras.predict(testing::engine(), x), lite.predict(testing::engine(), x));
  EXPECT_LT(apart.largest, 1e-5F) << apart.to_string();
}

TEST(TfliteFiles, that_do_harm_are_refused_with_a_reason) {
  const fs::path corpus = fs::path(THAW_SOURCE_FOLDER) / "tests/fuzz/corpus/tflite";
  const std::pair<const char*, const char*> expected[] = {
      {"cut", "cut off or damaged"},
      {"no_graph", "expected a model with a graph"},
      {"negative_input", "expected a tensor of 0 to"},
      {"no_tensor", "expected a tensor of 0 to"},
      {"no_code", "expected an operation's code"},
      {"huge_shape", "shape"},
      {"negative_shape", "expected a kernel of 4 axes"},
      {"many_of_one_buffer", "received far more"},
  };
  for (const auto& [name, message] : expected) {
    const std::string error = error_of([&] { load_model(corpus / name); });
    EXPECT_TRUE(contains(error, message)) << name << ": " << error;
  }
}

}  // namespace
}  // namespace thaw
