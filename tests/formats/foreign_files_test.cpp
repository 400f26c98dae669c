// What people hand in where a model is wanted, and forms of it that other programs left behind.

#include "thaw/formats/foreign_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "formats/small_model.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/hdf5/writer.h"
#include "thaw/formats/keras/write_config.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;
using testing::small_model;

class ForeignFiles : public ::testing::Test {
 protected:
  std::string error_at(const std::string& name) const {
    return error_of([&] { load_model(folder / name); });
  }
  std::string error_with(const std::string& content) const {
    write_file(folder / "file", content);
    return error_at("file");
  }
  void expect_weights_of(const Functional& expected, const Functional& received) const {
    const auto a = expected.variables();
    const auto b = received.variables();
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(std::ranges::equal(a[i]->value().values(), b[i]->value().values()));
  }

  const testing::TemporaryFolder folder;
};

TEST_F(ForeignFiles, that_are_folders_are_named_as_what_they_are) {
  std::filesystem::create_directories(folder / "saved");
  write_file(folder / "saved/saved_model.pbtxt", "x");
  EXPECT_TRUE(contains(error_at("saved"), "a TensorFlow SavedModel written as text"));
  EXPECT_TRUE(contains(error_at("saved"), "save it again as saved_model.pb"));
  write_file(folder / "saved/saved_model.pb", "x");
  EXPECT_TRUE(contains(error_at("saved"), "expected a SavedModel's graph"));
  std::filesystem::create_directories(folder / "variables");
  write_file(folder / "variables/variables.index", "x");
  EXPECT_TRUE(contains(error_at("variables"), "a TensorFlow checkpoint"));
  std::filesystem::create_directories(folder / "old");
  write_file(folder / "old/tensorflowjs_model.pb", "x");
  EXPECT_TRUE(contains(error_at("old"), "TensorFlow.js model in the form before 1.0"));
  std::filesystem::create_directories(folder / "unpacked");
  write_file(folder / "unpacked/config.json", "{}");
  write_file(folder / "unpacked/model.weights.h5", "x");
  EXPECT_TRUE(contains(error_at("unpacked"), "an unpacked .keras file"));
  std::filesystem::create_directories(folder / "download");
  EXPECT_TRUE(contains(error_at("download"), "an empty folder"));
  write_file(folder / "download/labels.txt", "x");
  EXPECT_TRUE(contains(error_at("download"), "holds no model (labels.txt)"));
  write_file(folder / "download/keras_model.h5", "x");
  EXPECT_TRUE(contains(error_at("download"), "name a file in it (keras_model.h5)"));
  EXPECT_TRUE(contains(error_at("nothing"), "there is none"));
  EXPECT_FALSE(contains(error_at("download"), "there is none"));
}

TEST_F(ForeignFiles, are_named_by_their_beginnings) {
  EXPECT_TRUE(
      contains(error_with("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
               "a Git LFS pointer"));
  EXPECT_TRUE(contains(error_with("<!DOCTYPE html><html>"), "a web page"));
  EXPECT_TRUE(contains(error_with(std::string("\x1c\0\0\0TFL3and so on", 18)), "TensorFlow Lite"));
  EXPECT_TRUE(
      contains(error_with(std::string("\x08\0\0\0\0\0\0\0{\"a\": 1}", 16)), "weights alone"));
  EXPECT_TRUE(contains(error_with("\x80\x04 and so on"), "pickle"));
  EXPECT_TRUE(contains(error_with("node {\n  name: \"x\"\n}"), "graph written as text"));
  EXPECT_TRUE(contains(error_with("anything else"), "a file of another kind"));
  EXPECT_TRUE(contains(error_with("{\"model\": 1}"), "JSON of another kind"));
}

TEST_F(ForeignFiles, that_are_zip_files_are_named_by_what_is_in_them) {
  const auto error = [&](const char* member) {
    keras::write_zip(folder / "file", {{member, "x"}});
    return error_at("file");
  };
  EXPECT_TRUE(contains(error("archive/data.pkl"), "weights alone"));
  EXPECT_TRUE(contains(error("converted_keras/keras_model.h5"), "keras_model.h5 in it: unpack"));
  EXPECT_TRUE(contains(error("model/saved_model.pb"), "expected a SavedModel's graph"));
  EXPECT_TRUE(contains(error("converted_tflite/model_unquant.tflite"), "unpack it first"));
  EXPECT_TRUE(contains(error("photo.jpg"), "a zip file of another kind"));
}

/// tf.keras on Windows joined the names of groups by backslashes.
TEST_F(ForeignFiles, of_keras_on_windows_are_read) {
  const Functional model = small_model();
  model.initialize_weights(7);
  save_model(model, folder / "here.keras");
  const keras::ZipReader here(folder / "here.keras");
  const std::string config = here.member("config.json", 1 << 20).value();
  keras::Hdf5Writer weights(size_t{4} << 20);
  const auto variables = model.variables();
  const char* groups[] = {"layers\\functional\\layers\\conv2d", "layers\\dense"};
  for (size_t i = 0; i < 4; ++i) {
    weights.write_dataset(std::string(groups[i / 2]) + "/vars/" + std::to_string(i % 2),
                          variables[i]->value());
  }
  keras::write_zip(folder / "windows.keras", {{"metadata.json", R"({"keras_version": "2.15.0"})"},
                                              {"config.json", config},
                                              {"model.weights.h5", weights.finish()}});
  expect_weights_of(model, load_model(folder / "windows.keras"));
}

TEST_F(ForeignFiles, of_the_architecture_alone_are_read_with_their_weights) {
  const Functional model = small_model();
  model.initialize_weights(8);
  for (const auto dialect : {keras::Dialect::keras_3, keras::Dialect::legacy_h5}) {
    write_file(folder / "model.json", write_json(keras::write_config(model, dialect)));
    for (const char* weights : {"w.weights.h5", "w.h5"}) {
      save_weights(model, folder / weights);
      expect_weights_of(model, load_model(folder / "model.json", {.weights = folder / weights}));
    }
  }
  EXPECT_TRUE(contains(error_at("model.json"), "--weights FILE"));
  save_weights(small_model(3), folder / "other.h5");
  EXPECT_TRUE(contains(
      error_of([&] { load_model(folder / "model.json", {.weights = folder / "other.h5"}); }),
      "expected shape"));
}

}  // namespace
}  // namespace thaw
