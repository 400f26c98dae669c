#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/applications/application.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dropout.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

std::vector<json> lines(const std::string& text) {
  std::vector<json> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(json::parse(line));
  return result;
}

TEST(Program, says_its_version_and_knows_its_commands) {
  const ProgramRun version = run_thaw({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.output.starts_with("thaw ")) << version.output;
  const ProgramRun help = run_thaw({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command :
       {"fit", "climb", "evaluate", "predict", "summary", "models", "cache", "convert"}) {
    EXPECT_TRUE(contains(help.output, command)) << help.output;
    EXPECT_EQ(run_thaw({command, "--help"}).exit_code, 0);
  }
  const ProgramRun unknown = run_thaw({"frobnicate"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_TRUE(contains(unknown.errors, "\"frobnicate\"")) << unknown.errors;
  EXPECT_EQ(run_thaw({}).exit_code, 2);
}

TEST(ModelsCommand, lists_every_network) {
  const ProgramRun run = run_thaw({"models", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json rows = json::parse(run.output);
  ASSERT_EQ(rows.size(), applications::all().size());
  for (const json& row : rows) {
    for (const char* key : {"name", "parameters", "image_size", "preprocessing", "weights",
                            "weights_with_top", "megabytes"})
      EXPECT_TRUE(row.contains(key)) << key;
  }
  const ProgramRun table = run_thaw({"models"});
  for (const Application* network : applications::all())
    EXPECT_TRUE(contains(table.output, std::string(network->name))) << network->name;
}

TEST(SummaryCommand, takes_a_networks_name_too) {
  const ProgramRun run = run_thaw({"summary", "mobilenet_v2@alpha=0.35", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json summary = json::parse(run.output);
  EXPECT_EQ(summary["parameters"], 1'691'208);  // Keras 3.15's count_params()
  EXPECT_EQ(run_thaw({"summary", "mobilenet_v9"}).exit_code, 2);
  EXPECT_EQ(run_thaw({"summary", "no/such/file.h5"}).exit_code, 1);
}

TEST(SummaryCommand, prints_the_plan_of_a_network) {
  const ProgramRun run = run_thaw({"summary", "mobilenet_v2@alpha=0.35", "--plan", "--weights",
                                   "none", "--image-size", "32", "--classes", "6"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  for (const char* part :
       {"Model: ", "Plan: a head of 6 classes", "52 batch normalizations", "10 residual sums",
        "cut 2  global_average_pooling2d", "fine_tuning: 5 epochs", "Conv_1_bn, output_layer",
        "Random: none", "1,000 images"})
    EXPECT_TRUE(contains(run.output, part)) << part << "\n" << run.output;
  EXPECT_FALSE(contains(run_thaw({"summary", "mobilenet_v2@alpha=0.35"}).output, "Plan:"));
}

TEST(SummaryCommand, takes_the_recipe_of_the_plan_in_the_words_of_fit) {
  const ProgramRun run =
      run_thaw({"summary", "mobilenet_v2@alpha=0.35", "--plan", "--json", "--image-size", "32",
                "--unfreeze", "0", "--epochs", "3", "--batch-size", "4", "--optimizer", "sgd"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json plan = json::parse(run.output)["plan"];
  EXPECT_EQ(plan["bytes_per_image"], 1280 * 4);
  EXPECT_EQ(plan["optimizer"], "sgd");
  EXPECT_EQ(plan["batch_size"], 4);
  ASSERT_EQ(plan["stages"].size(), 1U);
  EXPECT_EQ(plan["stages"][0]["epochs"], 3);
  EXPECT_EQ(plan["stages"][0]["trained"][0]["layer"], "output_layer");
  EXPECT_GT(plan["stages"][0]["step_seconds"]["backward"], 0);
  EXPECT_GT(plan["frozen_images_per_second"], 0);
  const ProgramRun lonely = run_thaw({"summary", "mobilenet_v2", "--unfreeze", "3"});
  EXPECT_EQ(lonely.exit_code, 2);
  EXPECT_TRUE(contains(lonely.errors, "requires --plan")) << lonely.errors;
  const ProgramRun many = run_thaw({"summary", "mobilenet_v2", "--plan", "--unfreeze", "300"});
  EXPECT_EQ(many.exit_code, 2);
  EXPECT_TRUE(contains(many.errors, "received 300")) << many.errors;
  EXPECT_EQ(many.output, "");
}

TEST(SummaryCommand, says_which_random_layer_makes_frozen_layers_run_again) {
  const testing::TemporaryFolder folder;
  const std::string file = (folder / "restless.keras").string();
  const Symbol image = input({32, 32, 3}, "image");
  // training=True at the call holds whatever the recipe says: "Monte Carlo dropout".
  const Symbol x = dropout({.rate = 0.2F, .name = "restless"})(image, {.training = true});
  const Functional base(image, conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(x), "mc");
  save_model(base, file);
  const ProgramRun run = run_thaw({"summary", file, "--plan", "--unfreeze", "0"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.output, "Random in feature_extraction: restless")) << run.output;
  EXPECT_TRUE(contains(run.output, "1 convolution ")) << run.output;
}

/// A fine-tuned model and images.
class TrainedModel : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::draw_images(folder_ / "images", 12, 1);
    testing::save_small_base(folder_ / "base.keras");
    const ProgramRun run =
        run_thaw({"fit", images(), "--out", model(), "--base", path("base.keras"),
                  "--preprocessing", "torch", "--learning-rate", "0.05", "--unfreeze", "0",
                  "--epochs", "20", "--history", path("h.json")});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string images() const { return path("images"); }
  std::string model() const { return path("model.keras"); }

  testing::TemporaryFolder folder_;
};

TEST_F(TrainedModel, evaluates_as_fit_said) {
  // What fit validated on is chosen by the seed; all images at once are judged well too.
  const ProgramRun run = run_thaw({"evaluate", model(), images(), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json result = json::parse(run.output);
  EXPECT_EQ(result["images"], 36);
  EXPECT_EQ(result["classes"], (json{"blue", "green", "red"}));
  EXPECT_GT(result["accuracy"], 0.9);
  EXPECT_TRUE(result.contains("loss"));
}

TEST_F(TrainedModel, evaluates_by_the_metrics_that_are_asked_for) {
  const ProgramRun run = run_thaw(
      {"evaluate", model(), images(), "--json", "--metrics", "categorical_accuracy,accuracy"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json result = json::parse(run.output);
  EXPECT_EQ(result["categorical_accuracy"], result["accuracy"]);
  const ProgramRun none = run_thaw({"evaluate", model(), images(), "--json", "--metrics", ""});
  EXPECT_EQ(none.exit_code, 0) << none.errors;
  EXPECT_FALSE(json::parse(none.output).contains("accuracy"));
  const ProgramRun wrong = run_thaw({"evaluate", model(), images(), "--metrics", "beauty"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(contains(wrong.errors, "categorical_accuracy")) << wrong.errors;
}

TEST_F(TrainedModel, is_planned_as_a_base_for_as_many_classes) {
  const ProgramRun run = run_thaw({"summary", model(), "--plan", "--json", "--unfreeze", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const json plan = json::parse(run.output)["plan"];
  EXPECT_EQ(plan["classes"], 3);
  EXPECT_EQ(plan["base"], "small_base");
  ASSERT_EQ(plan["frozen"].size(), 2U);
  EXPECT_EQ(plan["frozen"][0]["kept"][0]["layer"], "small_base/conv2");
  EXPECT_EQ(plan["frozen"][0]["passes"][1]["merged"],
            (json{{{"layer", "small_base/bn1"}, {"operation", "batch normalization"}}}));
  EXPECT_EQ(plan["stages"][1]["trained"][0],
            (json{{"layer", "small_base/bn2"}, {"parameters", 16}}));
}

TEST_F(TrainedModel, evaluates_a_folder_with_some_of_the_classes) {
  std::filesystem::remove_all(folder_ / "images" / "green");
  const ProgramRun run = run_thaw({"evaluate", model(), images(), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_GT(json::parse(run.output)["accuracy"], 0.9);
  std::filesystem::rename(folder_ / "images" / "red", folder_ / "images" / "crimson");
  const ProgramRun wrong = run_thaw({"evaluate", model(), images()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_TRUE(contains(wrong.errors, "crimson")) << wrong.errors;
}

TEST_F(TrainedModel, predicts_classes_by_name_with_what_the_file_alone_tells) {
  const ProgramRun run = run_thaw({"predict", model(), images(), "--json", "--top", "2"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  int right = 0;
  const auto rows = lines(run.output);
  for (const json& row : rows) {
    ASSERT_EQ(row["predictions"].size(), 2U);
    const std::string name = row["predictions"][0]["class"];
    right += contains(row["file"], "/" + name + "/") ? 1 : 0;
  }
  ASSERT_EQ(rows.size(), 36U);
  EXPECT_GE(right, 33);
}

TEST_F(TrainedModel, reports_an_unreadable_image_and_goes_on) {
  write_file(folder_ / "bad.png", "no image");
  std::filesystem::create_directories(folder_ / "empty");
  const std::vector<std::string> wrong{path("bad.png"), path("absent.png"), path("empty")};
  const ProgramRun run = run_thaw(
      {"predict", model(), wrong[0], wrong[1], wrong[2], path("images/red/0.bmp"), "--json"});
  EXPECT_EQ(run.exit_code, 1);
  const auto rows = lines(run.output);
  ASSERT_EQ(rows.size(), 4U);
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(rows[i]["file"], wrong[i]);
    EXPECT_FALSE(std::string(rows[i]["error"]).empty()) << wrong[i];
  }
  EXPECT_EQ(rows[3]["predictions"].size(), 3U);
  const ProgramRun text = run_thaw({"predict", model(), path("bad.png"), path("images/red/0.bmp")});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_TRUE(contains(text.errors, "bad.png")) << text.errors;
  EXPECT_TRUE(contains(text.output, "%")) << text.output;
}

TEST_F(TrainedModel, tells_a_wrong_call_from_a_failure) {
  EXPECT_EQ(run_thaw({"predict", model()}).exit_code, 2);
  EXPECT_EQ(run_thaw({"predict", model(), "--input", "x.npy"}).exit_code, 2);
  EXPECT_EQ(run_thaw({"predict", model(), path("none.png")}).exit_code, 1);
  EXPECT_EQ(run_thaw({"evaluate", path("none.keras"), images()}).exit_code, 1);
  const ProgramRun base = run_thaw({"predict", path("base.keras"), images()});
  EXPECT_EQ(base.exit_code, 2) << "nothing tells the preprocessing";
  EXPECT_TRUE(contains(base.errors, "--preprocessing")) << base.errors;
}

}  // namespace
}  // namespace thaw
