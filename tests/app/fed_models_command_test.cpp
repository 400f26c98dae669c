// What a model is fed: what predict, evaluate, fit and convert keep of an answer, and sizes that a
// model leaves free.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.h"
#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"
#include "thaw/formats/notes_beside.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/task/image_form.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

/// A small network that says nothing of what it is fed, and images.
class FedModels : public ::testing::Test {
 protected:
  FedModels() {
    testing::draw_images(folder_ / "images", 6, 1);
    save("m.keras", 3);
  }

  void save(const std::string& name, int64_t channels) const {
    const Symbol image = input({32, 32, channels}, "image");
    const Symbol x =
        conv_2d({.filters = 4, .kernel_size = 3, .strides = 4, .activation = "relu"})(image);
    const Symbol y = dense({.units = 3, .activation = "softmax"})(global_average_pooling_2d()(x));
    save_model(Functional(image, y, "network"), folder_ / name);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  ProgramRun predict(const std::string& model, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"predict", path(model), path("images/red/0.bmp"), "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_thaw(words);
  }

  /// What is predicted of one image, as numbers.
  json predictions(const std::string& model, const std::vector<std::string>& more = {}) const {
    const ProgramRun run = predict(model, more);
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    return run.exit_code == 0 ? json::parse(run.output)["predictions"] : json();
  }

  testing::TemporaryFolder folder_;
};

constexpr const char* answers[] = {"unit",
                                   "none",
                                   "tf",
                                   "caffe",
                                   "torch",
                                   "mean=0.5,0.4,0.3,std=0.2,scale=1/255",
                                   "mean=100,std=50,order=bgr"};

TEST_F(FedModels, keep_the_answer_that_convert_is_given_in_every_form) {
  EXPECT_EQ(predict("m.keras").exit_code, 2) << "nothing tells";
  for (const std::string answer : answers) {
    const json expected = predictions("m.keras", {"--preprocessing", answer});
    for (const std::string out : {"kept.keras", "kept.h5"}) {
      const ProgramRun run =
          run_thaw({"convert", path("m.keras"), path(out), "--preprocessing", answer});
      ASSERT_EQ(run.exit_code, 0) << run.errors;
      EXPECT_EQ(predictions(out), expected) << answer << " in " << out;
    }
    ASSERT_EQ(run_thaw({"convert", path("kept.h5"), path("again.keras")}).exit_code, 0);
    EXPECT_EQ(predictions("again.keras"), expected) << answer << ", converted once more";
    const auto loss_of = [&](const std::string& model, std::vector<std::string> words) {
      words.insert(words.begin(), {"evaluate", path(model), path("images"), "--json"});
      const ProgramRun run = run_thaw(words);
      EXPECT_EQ(run.exit_code, 0) << run.errors;
      return json::parse(run.output)["loss"];
    };
    EXPECT_EQ(loss_of("kept.keras", {}), loss_of("m.keras", {"--preprocessing", answer}));
  }
}

TEST_F(FedModels, say_what_weights_alone_do_not_keep) {
  const ProgramRun run =
      run_thaw({"convert", path("m.keras"), path("m.weights.h5"), "--preprocessing", "tf"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(contains(run.errors, "not kept: classes, image form")) << run.errors;
}

TEST_F(FedModels, that_were_fitted_are_fed_as_they_were_in_fit) {
  for (const std::string answer : {"unit", "mean=0.5,0.4,0.3,std=0.2,scale=1/255"}) {
    for (const std::string out : {"f.keras", "f.h5"}) {
      const ProgramRun fit = run_thaw({"fit", path("images"), "--out", path(out), "--base",
                                       path("m.keras"), "--preprocessing", answer, "--epochs", "1",
                                       "--fine-tune-epochs", "0", "--cache", "off"});
      ASSERT_EQ(fit.exit_code, 0) << fit.errors;
      EXPECT_EQ(predictions(out), predictions(out, {"--preprocessing", answer})) << answer;
      // A base with an answer needs none, and hands it on.
      const ProgramRun on =
          run_thaw({"fit", path("images"), "--out", path("g.keras"), "--base", path(out),
                    "--epochs", "1", "--fine-tune-epochs", "0", "--cache", "off"});
      ASSERT_EQ(on.exit_code, 0) << on.errors;
      EXPECT_EQ(predictions("g.keras"), predictions("g.keras", {"--preprocessing", answer}));
    }
  }
}

TEST_F(FedModels, say_when_a_flag_contradicts_what_they_note) {
  ASSERT_EQ(
      run_thaw({"convert", path("m.keras"), path("k.keras"), "--preprocessing", "tf"}).exit_code,
      0);
  const ProgramRun run = predict("k.keras", {"--preprocessing", "unit"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(contains(run.errors,
                       "is fed x/255: 0 … 1, as asked for, but its file notes "
                       "x/127.5 − 1: −1 … 1"))
      << run.errors;
  EXPECT_FALSE(contains(predict("k.keras", {"--preprocessing", "tf"}).errors, "notes"));
}

TEST_F(FedModels, find_an_answer_beside_them_while_they_are_the_same) {
  const auto kept = keep_preprocessing(path("m.keras"), preprocessing("tf"));
  EXPECT_EQ(kept, path("m.keras.thaw.json"));
  EXPECT_EQ(predictions("m.keras"), predictions("m.keras", {"--preprocessing", "tf"}));
  const ProgramRun evaluate = run_thaw({"evaluate", path("m.keras"), path("images")});
  EXPECT_EQ(evaluate.exit_code, 0) << evaluate.errors;
  ASSERT_EQ(run_thaw({"convert", path("m.keras"), path("c.h5")}).exit_code, 0);
  EXPECT_EQ(predictions("c.h5"), predictions("m.keras"));
  keep_beside(path("m.keras"), Config(Config::Map{}).set("more", 1));
  EXPECT_EQ(read_beside(path("m.keras")).at("more"), Config(1));
  EXPECT_NE(read_beside(path("m.keras")).find("pictures"), nullptr);
  // Another model of that name is another matter.
  save("m.keras", 1);
  EXPECT_TRUE(read_beside(path("m.keras")).as_map().empty());
  EXPECT_EQ(predict("m.keras").exit_code, 2);
}

TEST_F(FedModels, of_grey_images_are_fitted_on_augmented_ones) {
  save("grey.keras", 1);
  for (const std::string augment : {"flip", "3", "random"}) {
    const ProgramRun fit =
        run_thaw({"fit", path("images"), "--out", path("f.keras"), "--base", path("grey.keras"),
                  "--preprocessing", "unit", "--augment", augment, "--epochs", "1",
                  "--fine-tune-epochs", "1", "--cache", "off"});
    ASSERT_EQ(fit.exit_code, 0) << augment << ": " << fit.errors;
    EXPECT_EQ(predictions("f.keras").size(), 3U);
  }
}

/// A file whose network takes images of any size: its architecture, with the weights beside it.
TEST_F(FedModels, of_any_size_take_the_one_that_is_asked_for) {
  const Symbol image = input({32, 32, 3}, "image");
  const Symbol x =
      conv_2d({.filters = 4, .kernel_size = 3})(rescaling({.scale = {1 / 255.0F}})(image));
  save_model(
      Functional(image,
                 dense({.units = 3, .activation = "softmax"})(global_average_pooling_2d()(x)),
                 "free"),
      folder_ / "sized.keras");
  ASSERT_EQ(run_thaw({"convert", path("sized.keras"), path("free.weights.h5")}).exit_code, 0);
  write_file(path("free.json"),
             R"({"class_name": "Sequential", "config": {"name": "free", "layers": [
    {"class_name": "InputLayer", "config": {"batch_shape": [null, null, null, 3], "name": "image"}},
    {"class_name": "Rescaling", "config": {"name": "rescaling", "scale": 0.00392156862745098}},
    {"class_name": "Conv2D", "config": {"name": "conv2d", "filters": 4, "kernel_size": [3, 3]}},
    {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}},
    {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "softmax"}}]}})");
  const std::vector<std::string> weights{"--weights", path("free.weights.h5")};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), weights.begin(), weights.end());
    return words;
  };
  EXPECT_EQ(predictions("free.json", with({"--image-size", "32"})), predictions("sized.keras"));
  EXPECT_EQ(predictions("free.json", with({"--image-size", "24x40"})).size(), 3U);
  const ProgramRun summary = run_thaw({"summary", path("free.json"), "--image-size", "24x40"});
  EXPECT_EQ(summary.exit_code, 0) << summary.errors;
  EXPECT_TRUE(contains(summary.output, "24x40 (height x width)")) << summary.output;
  const ProgramRun evaluate =
      run_thaw(with({"evaluate", path("free.json"), path("images"), "--image-size", "32"}));
  EXPECT_EQ(evaluate.exit_code, 0) << evaluate.errors;
  const ProgramRun convert =
      run_thaw(with({"convert", path("free.json"), path("c.keras"), "--image-size", "32"}));
  EXPECT_EQ(convert.exit_code, 0) << convert.errors;
  EXPECT_EQ(predictions("c.keras"), predictions("sized.keras"));
}

TEST_F(FedModels, of_two_inputs_are_named_as_such) {
  const Symbol a = input({32, 32, 3}, "left");
  const Symbol b = input({32, 32, 3}, "right");
  save_model(Functional({a, b},
                        {dense({.units = 3, .name = "x"})(flatten()(a)),
                         dense({.units = 3, .name = "y"})(flatten()(b))},
                        "two"),
             folder_ / "two.keras");
  const ProgramRun run = predict("two.keras", {"--output", "x"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "model \"two\": expected one input, of images, received 2"))
      << run.errors;
}

}  // namespace
}  // namespace thaw
