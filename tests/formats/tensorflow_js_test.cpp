// TensorFlow.js's models: what its converter wrote of tf-keras's (tools/golden/), and what was made
// to do harm.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/formats/tensorflow_js/model_folder.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;

fs::path home() { return fs::path(THAW_SOURCE_FOLDER) / "tests/golden/tensorflow_js"; }

/// The folders of the golden models.
std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(home()))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class TensorFlowJs : public ::testing::TestWithParam<std::string> {};

TEST_P(TensorFlowJs, predicts_as_in_tensorflow) {
  const testing::GoldenFile golden("tensorflow_js/" + GetParam() + ".golden.gz");
  for (const fs::path& path : {home() / GetParam(), home() / GetParam() / "model.json"}) {
    EXPECT_EQ(model_formats::recognize(ModelInput(path)).name, "tensorflow_js");
    std::vector<std::string> dropped;
    const Model model = Model::load(path, {}, &dropped);
    EXPECT_EQ(dropped, std::vector<std::string>{});
    // In a graph, what was normalized is part of the kernels.
    if (!GetParam().starts_with("graph")) {
      EXPECT_EQ(model.count_parameters(), golden.number("parameters"));
    }
    const auto apart =
        testing::difference(golden.array("y"), model.predict(testing::engine(), golden.array("x")));
    EXPECT_LT(apart.relative_to_one(), 4e-6F) << apart.to_string();
  }
}

INSTANTIATE_TEST_SUITE_P(Every, TensorFlowJs, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param; });

/// A model of one Dense layer [2, 3] in a folder of its own.
class TensorFlowJsFiles : public ::testing::Test {
 protected:
  static Config weight(const char* name, Config::List shape) {
    return Config(Config::Map{})
        .set("name", name)
        .set("shape", std::move(shape))
        .set("dtype", "float32");
  }
  static Config weights() {
    return Config::List{weight("head/kernel", {2, 3}), weight("head/bias", {3})};
  }
  static Config paths(const char* name) { return Config::List{name}; }
  static Config manifest(Config names, Config weights) {
    return Config::List{
        Config(Config::Map{}).set("paths", std::move(names)).set("weights", std::move(weights))};
  }
  static std::string model_json(const Config& manifest) {
    const std::string topology =
        R"({"class_name": "Sequential", "config": {"name": "small", "layers":
        [{"class_name": "Dense", "config": {"units": 3, "activation": "linear", "use_bias": true,
          "name": "head", "batch_input_shape": [null, 2]}}]},
        "keras_version": "tfjs-layers 4.22.0", "backend": "tensor_flow.js"})";
    return write_json(Config(Config::Map{})
                          .set("modelTopology", parse_json(topology))
                          .set("weightsManifest", manifest));
  }
  static std::string numbers(size_t count) {
    std::string bytes(count * sizeof(float), '\0');
    for (size_t i = 0; i < count; ++i) {
      const auto value = static_cast<float>(i);
      std::copy_n(reinterpret_cast<const char*>(&value), sizeof(value),
                  bytes.begin() + static_cast<std::ptrdiff_t>(i * sizeof(value)));
    }
    return bytes;
  }
  void write(const Config& manifest) const { folder.write("model.json", model_json(manifest)); }
  Functional load() const { return load_model(folder.path()); }
  std::string error() const {
    return error_of([&] { load(); });
  }

  const testing::TemporaryFolder folder;
};

TEST_F(TensorFlowJsFiles, find_their_weights_by_name) {
  write(manifest(paths("weights.bin"),
                 Config::List{weight("head/bias", {3}), weight("head/kernel", {2, 3})}));
  folder.write("weights.bin", numbers(9));
  const auto variables = load().variables();
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0]->value().values()[0], 3.0F);
  EXPECT_EQ(variables[1]->value().values()[2], 2.0F);
}

TEST_F(TensorFlowJsFiles, tell_their_classes_and_how_images_are_fed) {
  write(manifest(paths("weights.bin"), weights()));
  folder.write("weights.bin", numbers(9));
  folder.write("metadata.json",
               R"({"packageName": "@teachablemachine/image", "labels": ["a", "b", "c"]})");
  const Functional model = load();
  EXPECT_EQ(model.metadata().at("classes"), Config(Config::List{"a", "b", "c"}));
  EXPECT_EQ(model.metadata().at("pictures").at("preprocessing"), Config("tf"));
  EXPECT_EQ(model.metadata().at("pictures").at("aspect_ratio"), Config("crop"));
  for (const char* other : {R"({"labels": ["a", "b"]})", R"({"labels": ["a", "a", "c"]})",
                            R"({"labels": 3, "imageSize": "wide"})", "no JSON"}) {
    folder.write("metadata.json", other);
    EXPECT_EQ(load().metadata().find("classes"), nullptr) << other;
  }
}

TEST_F(TensorFlowJsFiles, lie_in_zip_files_too) {
  const std::string json = model_json(manifest(paths("weights.bin"), weights()));
  const std::string bytes = numbers(9);
  for (const std::string inside : {"", "tm-my-image-model/"}) {
    keras::write_zip(folder / "model.zip", {{inside + "model.json", json},
                                            {inside + "weights.bin", bytes},
                                            {"__MACOSX/._model.json", "x"}});
    const ModelInput input(folder / "model.zip");
    EXPECT_EQ(model_formats::recognize(input).name, "tensorflow_js");
    EXPECT_EQ(load_model(folder / "model.zip").count_parameters(), 9);
  }
}

TEST_F(TensorFlowJsFiles, are_told_from_an_architecture_alone) {
  folder.write("model.json", R"({"class_name": "Sequential", "config": []})");
  EXPECT_EQ(model_formats::recognize(ModelInput(folder / "model.json")).name, "keras_json");
  EXPECT_TRUE(needs_weights(folder / "model.json"));
  write(manifest(paths("weights.bin"), weights()));
  EXPECT_FALSE(needs_weights(folder / "model.json"));
}

TEST_F(TensorFlowJsFiles, say_what_is_missing) {
  write(manifest(paths("weights.bin"), weights()));
  EXPECT_TRUE(contains(error(), "beside model.json in weights.bin, and there is no such file"))
      << error();
  folder.write("weights.bin", numbers(8));
  EXPECT_TRUE(
      contains(error(), "weight \"head/bias\": expected 12 bytes for shape (3,), received 8"))
      << error();
  folder.write("weights.bin", numbers(9));
  write(manifest(paths("weights.bin"), Config::List{weight("head/kernel", {2, 3})}));
  EXPECT_TRUE(contains(error(), "layer \"head\": weight \"bias\": expected it")) << error();
  write(manifest(paths("weights.bin"),
                 Config::List{weight("head/kernel", {3, 2}), weight("head/bias", {3})}));
  EXPECT_TRUE(contains(error(), "expected shape (2, 3), received (3, 2)")) << error();
  write(manifest(paths("weights.bin"),
                 Config::List{weight("a/head/bias", {3}), weight("b/head/bias", {3})}));
  EXPECT_TRUE(contains(error(), "the file has it twice")) << error();
  const std::string of_bytes =
      error_of([&] { read_model_bytes(read_file(folder / "model.json")); });
  EXPECT_TRUE(contains(of_bytes, "there is no such file")) << of_bytes;
}

TEST_F(TensorFlowJsFiles, never_lead_out_of_their_folder) {
  folder.write("outside.bin", numbers(9));
  for (const char* name : {"../outside.bin", "/etc/passwd", "a/../../outside.bin", "..", ".", "",
                           "a\\..\\b", "weights/"}) {
    folder.write("inside/model.json", model_json(manifest(paths(name), weights())));
    const std::string error = error_of([&] { load_model(folder / "inside"); });
    EXPECT_TRUE(contains(error, "expected the name of a file in the model's folder")) << error;
  }
  EXPECT_EQ(tensorflow_js::name_within("./a/./weights.bin"), "a/weights.bin");
}

/// A manifest can name one file a million times, and weights of any size.
TEST_F(TensorFlowJsFiles, take_memory_in_proportion_to_what_is_there) {
  folder.write("weights.bin", numbers(9));
  Config::List many(1000, Config("weights.bin"));
  many.back() = "./weights.bin";
  write(manifest(std::move(many), weights()));
  EXPECT_TRUE(contains(error(), "weights.bin twice")) << error();
  write(manifest(paths("weights.bin"), Config::List{weight("head/kernel", {1 << 20, 1 << 20}),
                                                    weight("head/bias", {3})}));
  EXPECT_TRUE(contains(error(), "expected 4398046511104 bytes")) << error();
  write(manifest(paths("weights.bin"), Config::List{weight("head/kernel", {int64_t{1} << 62, 4})}));
  EXPECT_NE(error(), "");
  write(manifest(paths("weights.bin"), Config::List{weight("head/kernel", {-2, -3})}));
  EXPECT_TRUE(contains(error(), "expected a shape")) << error();
  write(manifest(paths("weights.bin"),
                 Config::List{weight("a", {1 << 30, 1 << 30}).set("dtype", "string")}));
  EXPECT_TRUE(contains(error(), "expected texts of shape")) << error();
}

TEST_F(TensorFlowJsFiles, of_other_kinds_of_numbers_are_refused) {
  folder.write("weights.bin", numbers(90));
  write(manifest(paths("weights.bin"),
                 Config::List{weight("head/kernel", {2, 3}).set("dtype", "complex64")}));
  EXPECT_TRUE(contains(error(), "received complex64")) << error();
  const Config quantization =
      Config(Config::Map{}).set("dtype", "int32").set("scale", 1.0).set("min", 0.0);
  write(manifest(paths("weights.bin"),
                 Config::List{weight("head/kernel", {2, 3}).set("quantization", quantization)}));
  EXPECT_TRUE(contains(error(), "expected quantization to uint8")) << error();
}

}  // namespace
}  // namespace thaw
