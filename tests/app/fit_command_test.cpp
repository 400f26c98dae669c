#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

/// Images of three colours and a base, and the command that fits them.
class FitCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::draw_images(images(), 20, 1);
    testing::save_small_base(base());
  }
  std::filesystem::path images() const { return folder_ / "images"; }
  std::filesystem::path base() const { return folder_ / "base.keras"; }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<std::string> fit(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"fit",
                                       images().string(),
                                       "--out",
                                       path(out),
                                       "--base",
                                       base().string(),
                                       "--preprocessing",
                                       "tf",
                                       "--unfreeze",
                                       "2",
                                       "--learning-rate",
                                       "0.01",
                                       "--batch-size",
                                       "8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(FitCommand, trains_and_writes_the_model_and_the_history_that_was_promised) {
  const ProgramRun run = run_thaw(fit("m.keras", {"--history", path("h.json")}));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "epoch 5/5")) << run.errors;
  EXPECT_FALSE(contains(run.errors, "\x1b")) << "no terminal, no escape sequences";
  const json history = json::parse(read_file(path("h.json")));
  EXPECT_EQ(history["classes"], (json{"blue", "green", "red"}));
  EXPECT_EQ(history["train_images"], 48);
  EXPECT_EQ(history["validation_images"], 12);
  ASSERT_EQ(history["stages"].size(), 2U);
  EXPECT_EQ(history["stages"][0]["name"], "feature_extraction");
  EXPECT_EQ(history["stages"][1]["name"], "fine_tuning");
  EXPECT_EQ(history["stages"][0]["trainable_parameters"], 8 * 3 + 3);
  EXPECT_EQ(history["stages"][1]["trainable_parameters"], 27 + 8 * 8 * 9 + 8 + 16);
  EXPECT_EQ(history["stages"][1]["learning_rate"], 1e-4);
  EXPECT_EQ(history["stages"][1]["optimizer"], "adam");
  for (const json& stage : history["stages"]) {
    EXPECT_GT(stage["seconds"], 0);
    ASSERT_EQ(stage["epochs"].size(), 5U);
    for (size_t i = 0; i < 5; ++i) {
      const json& epoch = stage["epochs"][i];
      EXPECT_EQ(epoch["epoch"], i + 1);
      for (const char* key : {"loss", "accuracy", "val_loss", "val_accuracy", "seconds"})
        EXPECT_TRUE(epoch.contains(key)) << key;
    }
  }
  EXPECT_GT(history["peak_rss_bytes"], 1'000'000);
  EXPECT_GT(history["seconds"], history["prefix_seconds"]);
  EXPECT_EQ(history["settings"]["learning_rate"], 0.01);
  EXPECT_EQ(history["settings"]["optimizer"], "adam");
  EXPECT_FALSE(std::filesystem::exists(path("m.keras.checkpoint")));
}

TEST_F(FitCommand, writes_the_same_file_again_for_the_same_seed) {
  ASSERT_EQ(run_thaw(fit("a.keras")).exit_code, 0);
  ASSERT_EQ(run_thaw(fit("b.keras", {"--cache", "off"})).exit_code, 0);
  ASSERT_EQ(run_thaw(fit("c.keras", {"--seed", "2"})).exit_code, 0);
  EXPECT_TRUE(read_file(path("a.keras")) == read_file(path("b.keras")));
  EXPECT_FALSE(read_file(path("a.keras")) == read_file(path("c.keras")));
}

TEST_F(FitCommand, interrupted_keeps_its_state_and_resumes_to_the_same_file) {
  ASSERT_EQ(run_thaw(fit("a.keras", {"--epochs", "3000"})).exit_code, 0);
  const auto arguments = fit("b.keras", {"--epochs", "3000", "--resume"});
  write_file(path("b.keras"), "an older model");
  const ProgramRun stopped = run_thaw(arguments, {.interrupt_at = "epoch 2/3000"});
  ASSERT_EQ(stopped.exit_code, 130) << stopped.errors;
  EXPECT_TRUE(contains(stopped.errors, "b.keras.checkpoint")) << stopped.errors;
  EXPECT_EQ(read_file(path("b.keras")), "an older model");
  const ProgramRun other =
      run_thaw(fit("b.keras", {"--epochs", "3000", "--resume", "--batch-size", "9"}));
  EXPECT_EQ(other.exit_code, 2);
  const ProgramRun resumed = run_thaw(arguments);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_FALSE(contains(resumed.errors, "epoch 1/3000")) << resumed.errors;
  EXPECT_TRUE(read_file(path("a.keras")) == read_file(path("b.keras")));
}

TEST_F(FitCommand, augments_states_the_cost_and_gives_the_same_file_again) {
  struct Case {
    std::string augment;
    std::string cost;
  };
  std::vector<std::string> models;
  ASSERT_EQ(run_thaw(fit("none.keras")).exit_code, 0);
  models.push_back(read_file(path("none.keras")));
  for (const Case& c : {Case{"flip", "augmentation: 2 views an image, 96 rows, "},
                        Case{"3", "augmentation: 3 views an image, 144 rows, "},
                        Case{"random", "augmentation: new views in every epoch"}}) {
    const ProgramRun run = run_thaw(fit("a.keras", {"--augment", c.augment}));
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_TRUE(contains(run.errors, c.cost)) << run.errors;
    EXPECT_TRUE(contains(run.errors, "48 images to train on")) << run.errors;
    const ProgramRun off = run_thaw(fit("b.keras", {"--augment", c.augment, "--cache", "off"}));
    ASSERT_EQ(off.exit_code, 0) << off.errors;
    EXPECT_EQ(contains(off.errors, "of features to keep"), false) << off.errors;
    const std::string model = read_file(path("a.keras"));
    EXPECT_TRUE(model == read_file(path("b.keras"))) << c.augment;
    EXPECT_EQ(std::ranges::count(models, model), 0) << c.augment;
    models.push_back(model);
  }
}

TEST_F(FitCommand, augmented_resumes_to_the_same_file_and_with_the_same_augmentation_only) {
  for (const std::string augment : {"4", "random"}) {
    ASSERT_EQ(run_thaw(fit("a.keras", {"--epochs", "300", "--augment", augment})).exit_code, 0);
    const auto arguments = fit("b.keras", {"--epochs", "300", "--resume", "--augment", augment});
    const ProgramRun stopped = run_thaw(arguments, {.interrupt_at = "epoch 2/300"});
    ASSERT_EQ(stopped.exit_code, 130) << stopped.errors;
    const ProgramRun other =
        run_thaw(fit("b.keras", {"--epochs", "300", "--resume", "--augment", "5"}));
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_TRUE(contains(other.errors, "--augment")) << other.errors;
    ASSERT_EQ(run_thaw(arguments).exit_code, 0);
    EXPECT_TRUE(read_file(path("a.keras")) == read_file(path("b.keras"))) << augment;
  }
}

TEST_F(FitCommand, keeps_the_loss_for_evaluate) {
  const ProgramRun run = run_thaw(fit("m.keras", {"--loss", "mean_squared_error", "--validation",
                                                  images().string(), "--history", path("h.json")}));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json history = json::parse(read_file(path("h.json")));
  const ProgramRun judged = run_thaw({"evaluate", path("m.keras"), images().string(), "--json"});
  ASSERT_EQ(judged.exit_code, 0) << judged.errors;
  const double loss = history["stages"].back()["epochs"].back()["val_loss"];
  // The same sums, in batches of another size.
  EXPECT_NEAR(json::parse(judged.output)["loss"].get<double>(), loss, 1e-5 * loss);
}

TEST_F(FitCommand, leaves_broken_images_out_by_name) {
  write_file(images() / "red" / "broken.jpg", "this is no image");
  write_file(images() / "blue" / "0.bmp", "BM");
  const ProgramRun run = run_thaw(fit("m.keras", {"--history", path("h.json")}));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json history = json::parse(read_file(path("h.json")));
  EXPECT_EQ(history["train_images"].get<int>() + history["validation_images"].get<int>(), 59);
  EXPECT_TRUE(contains(run.errors, "red/broken.jpg")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "blue/0.bmp")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "2 broken images")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "left out: 1 .jpg (its content is no image's: broken.jpg)"))
      << run.errors;
  EXPECT_LT(run.errors.find("left out: "), run.errors.find("epoch 1/")) << run.errors;
  EXPECT_EQ(history["skipped"].size(), 2U) << history["skipped"];
  EXPECT_EQ(history["skipped"][0]["count"], 1);
}

TEST_F(FitCommand, gives_up_before_it_trains_when_too_many_images_are_broken) {
  for (int i = 0; i < 5; ++i) {
    write_file(images() / "red" / ("broken" + std::to_string(i) + ".jpg"), "no picture");
    // Only decoding tells that these are cut off.
    const std::string whole = read_file(images() / "blue" / "1.bmp");
    write_file(images() / "blue" / ("cut" + std::to_string(i) + ".bmp"), whole.substr(0, 60));
  }
  const ProgramRun early = run_thaw(fit("m.keras", {"--allowed-broken", "0.05"}));
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_TRUE(contains(early.errors,
                       "expected at most 5 % of 70 images to be unreadable, received 5: "
                       "5 .jpg (its content is no image's: broken0.jpg)"))
      << early.errors;
  EXPECT_TRUE(contains(early.errors, "--allowed-broken")) << early.errors;
  const ProgramRun late = run_thaw(fit("m.keras"));
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_TRUE(contains(late.errors, "expected at most 10 % of 70 images")) << late.errors;
  EXPECT_FALSE(contains(late.errors, "epoch 1/")) << late.errors;
  EXPECT_FALSE(std::filesystem::exists(path("m.keras")));
  const ProgramRun allowed =
      run_thaw(fit("m.keras", {"--allowed-broken", "0.2", "--history", path("h.json")}));
  EXPECT_EQ(allowed.exit_code, 0) << allowed.errors;
  const json history = json::parse(read_file(path("h.json")));
  EXPECT_EQ(history["train_images"].get<int>() + history["validation_images"].get<int>(), 60);
  int64_t skipped = 0;
  for (const json& row : history["skipped"]) skipped += row["count"].get<int64_t>();
  EXPECT_EQ(skipped, 10) << history["skipped"];
}

TEST_F(FitCommand, says_which_classes_it_learns_and_how_many_images_they_have) {
  const ProgramRun run = run_thaw(fit("m.keras"));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "classes and their images: blue 20, green 20, red 20"))
      << run.errors;
}

TEST_F(FitCommand, takes_folders_for_training_and_validation_one_level_too_high) {
  testing::draw_images(folder_ / "set" / "train", 6, 1);
  testing::draw_images(folder_ / "set" / "val", 3, 2);
  const std::string set = path("set");
  std::vector<std::string> call = fit("m.keras", {"--history", path("h.json")});
  *std::ranges::find(call, images().string()) = set;
  const ProgramRun run = run_thaw(call);
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "training on " + set + "/train, validating on " + set + "/val"))
      << run.errors;
  const json history = json::parse(read_file(path("h.json")));
  EXPECT_EQ(history["classes"], json({"blue", "green", "red"}));
  EXPECT_EQ(history["train_images"], 18);
  EXPECT_EQ(history["validation_images"], 9);
}

TEST_F(FitCommand, tells_of_an_image_that_is_in_two_classes) {
  std::filesystem::copy_file(images() / "red" / "1.bmp", images() / "blue" / "red1.bmp");
  const ProgramRun run = run_thaw(fit("m.keras"));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "1 image is there twice, in two classes: ")) << run.errors;
}

TEST_F(FitCommand, file_names_do_not_reach_the_terminal_as_they_are) {
  write_file(images() / "red" / "\x1b[2Jevil\x9b.jpg", "no picture");
  const ProgramRun run = run_thaw(fit("m.keras"));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_FALSE(contains(run.errors, "\x1b[2J")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "\\x1b[2Jevil\\x9b.jpg")) << run.errors;
}

TEST_F(FitCommand, without_a_home_keeps_no_features_in_a_folder_of_everyones) {
  std::vector<std::string> call = fit("m.keras");
  const testing::Environment no_thaw_home("THAW_HOME", "");
  const testing::Environment no_cache_home("XDG_CACHE_HOME", "");
  const testing::Environment no_home("HOME", "");
  const ProgramRun run = run_thaw(call);
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "the features are not kept for later runs: no folder is known"))
      << run.errors;
  const ProgramRun cache = run_thaw({"cache"});
  EXPECT_EQ(cache.exit_code, 2) << cache.output;
}

TEST_F(FitCommand, takes_no_part_of_a_data_set_for_a_class) {
  testing::draw_images(folder_ / "set" / "set" / "train" / "train", 6, 1);
  std::filesystem::create_directories(folder_ / "set" / "set" / "test" / "test");
  std::filesystem::copy_file(images() / "red" / "1.bmp", folder_ / "set/set/test/test/1.bmp");
  std::vector<std::string> call = fit("m.keras", {"--history", path("h.json")});
  *std::ranges::find(call, images().string()) = path("set");
  const ProgramRun run = run_thaw(call);
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "not used: " + path("set/set/test"))) << run.errors;
  EXPECT_EQ(json::parse(read_file(path("h.json")))["classes"], json({"blue", "green", "red"}));
  const ProgramRun judged = run_thaw({"evaluate", path("m.keras"), path("set")});
  EXPECT_EQ(judged.exit_code, 1);
  EXPECT_TRUE(contains(judged.errors, "expected folders named after the model's classes"))
      << judged.errors;
  std::filesystem::rename(folder_ / "set/set/train/train", folder_ / "set/set/valid");
  std::filesystem::create_directories(folder_ / "set/set/train");
  const ProgramRun untold = run_thaw(call);
  EXPECT_EQ(untold.exit_code, 1) << "nothing is there to train on";
}

TEST_F(FitCommand, refuses_a_class_with_broken_images_alone) {
  std::filesystem::create_directories(images() / "violet");
  for (const char* name : {"1.png", "2.png", "3.png", "4.png"})
    write_file(images() / "violet" / name, "no image");
  const ProgramRun run = run_thaw(fit("m.keras"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "violet")) << run.errors;
  EXPECT_FALSE(std::filesystem::exists(path("m.keras")));
}

TEST_F(FitCommand, takes_validation_images_from_a_folder_of_their_own) {
  testing::draw_images(folder_ / "validation", 4, 2);
  const ProgramRun run =
      run_thaw(fit("m.keras", {"--validation", path("validation"), "--history", path("h.json")}));
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json history = json::parse(read_file(path("h.json")));
  EXPECT_EQ(history["train_images"], 60);
  EXPECT_EQ(history["validation_images"], 12);
  testing::draw_images(folder_ / "other" / "other", 2, 2);
  const ProgramRun wrapped = run_thaw(fit("n.keras", {"--validation", path("other")}));
  EXPECT_EQ(wrapped.exit_code, 0) << wrapped.errors;
  EXPECT_TRUE(contains(wrapped.errors, "other holds one folder alone: taking ")) << wrapped.errors;
  std::filesystem::rename(folder_ / "other" / "other" / "red", folder_ / "other" / "other" / "rot");
  const ProgramRun wrong = run_thaw(fit("n.keras", {"--validation", path("other")}));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_TRUE(contains(wrong.errors, "\"rot\"")) << wrong.errors;
}

TEST_F(FitCommand, tells_a_wrong_call_from_a_failure) {
  struct Case {
    std::vector<std::string> more;
    int exit_code;
    std::string part;
  };
  const Case cases[] = {
      {{"--unfreeze", "some"}, 2, "expected a number of layers or all"},
      {{"--unfreeze", "99"}, 2, "layers of the base"},
      {{"--optimizer", "tiger"}, 2, "tiger"},
      {{"--loss", "hinge"}, 2, "hinge"},
      {{"--epochs", "-1"}, 2, "--epochs"},
      {{"--epochs", "0", "--unfreeze", "0"}, 2, "nothing to do"},
      {{"--split", "fair"}, 2, "fair"},
      {{"--augment", "1"}, 2, "a number of views from 2 to 1024, received \"1\""},
      {{"--augment", "2x"}, 2, "2x"},
      {{"--augment", "99999999999999999999"}, 2, "expected none, flip, random"},
      {{"--frob"}, 2, "--frob"},
      {{"--seed", "-1"}, 2, "--seed"},
      {{"--validation", images().string(), "--validation-split", "0.5"}, 2, "--validation"},
      {{"--precision", "f16"}, 2, "f16"},
      {{"--metrics", "accuracy,beauty"}, 2, "beauty"},
      {{"--weights", "imagenet"}, 2, "leave --weights out"},
  };
  for (const Case& c : cases) {
    const ProgramRun run = run_thaw(fit("m.keras", c.more));
    EXPECT_EQ(run.exit_code, c.exit_code) << c.part << ": " << run.errors;
    EXPECT_TRUE(contains(run.errors, "thaw: error: ")) << run.errors;
    EXPECT_TRUE(contains(run.errors, c.part)) << run.errors;
  }
  std::filesystem::create_directories(path("taken.keras"));
  const ProgramRun taken = run_thaw(fit("taken.keras"));
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_TRUE(contains(taken.errors, "received a folder")) << taken.errors;
  EXPECT_FALSE(contains(taken.errors, "epoch")) << taken.errors;
  write_file(path("a_file"), "");
  EXPECT_EQ(run_thaw(fit("m.keras", {"--cache", path("a_file")})).exit_code, 2);
  const ProgramRun ending = run_thaw(fit("m.onnx"));
  EXPECT_EQ(ending.exit_code, 2) << ending.errors;
  const ProgramRun nowhere = run_thaw(fit("no/such/folder/m.keras"));
  EXPECT_EQ(nowhere.exit_code, 1) << nowhere.errors;
}

TEST_F(FitCommand, without_a_network_says_which_file_to_put_where) {
  const testing::Environment home("THAW_HOME", path("cache"));
  const testing::Environment keras("KERAS_HOME", path("keras"));
  const ProgramRun run =
      run_thaw({"fit", images().string(), "--out", path("m.keras"), "--base", "mobilenet_v2"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(
      contains(run.errors, "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"))
      << run.errors;
  EXPECT_TRUE(contains(run.errors, path("cache"))) << run.errors;
}

}  // namespace
}  // namespace thaw
