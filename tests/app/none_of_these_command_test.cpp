// What predict, evaluate, summary and convert say of a model that knows images of none of its
// classes.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/variable.h"
#include "thaw/data/preprocessing.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/task/class_names.h"
#include "thaw/task/none_of_these.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

/// Near the mean colours that draw_images() gives blue and green, and 0.1 off that of red.
UnknownDetector of_blue_and_green() {
  return UnknownDetector({.groups = {{.columns = 3}},
                          .means = Tensor::from({2, 3}, std::vector<float>{0.491F, 0.491F, 0.717F,
                                                                           0.491F, 0.717F, 0.491F}),
                          .directions = Tensor({0, 3}),
                          .other_variance = 1e-4,
                          .head = {.kernel = Tensor::full({3, 2}, 0), .bias = Tensor::full({2}, 0)},
                          .threshold = 4,
                          .unknown_rate = 0.05});
}

/// A model that tells blue from green, and images of blue, green and red.
class NoneOfTheseCommand : public ::testing::Test {
 protected:
  NoneOfTheseCommand() {
    testing::draw_images(folder_ / "images", 5, 1);
    const Symbol image = input({32, 32, 3}, "image");
    const Layer layer = dense({.units = 2, .activation = "softmax", .name = "colour"});
    const Functional model(image, layer(global_average_pooling_2d()(image)), "colours");
    layer.variables()[0]->assign(
        Tensor::from({3, 2}, std::vector<float>{0, 0, 0, 0.05F, 0.05F, 0}));
    Config form;
    form.set("preprocessing", preprocessing("none").to_config());
    model.metadata().set("pictures", std::move(form));
    keep_class_names(model, std::vector<std::string>{"blue", "green"});
    save_model(model, folder_ / "plain.keras");
    keep_unknown_detector(model, of_blue_and_green());
    save_model(model, folder_ / "m.keras");
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  ProgramRun run(std::vector<std::string> words) const {
    const ProgramRun result = run_thaw(words);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(NoneOfTheseCommand, predict_says_it_in_place_of_a_class) {
  const std::string red = path("images/red/0.bmp");
  const std::string blue = path("images/blue/0.bmp");
  EXPECT_EQ(run({"predict", path("m.keras"), red}).output, red + "\n  none of these\n");
  EXPECT_TRUE(contains(run({"predict", path("m.keras"), blue}).output, " %  blue"));
  const json far = json::parse(run({"predict", path("m.keras"), red, "--json"}).output);
  EXPECT_EQ(far["none_of_these"], true);
  EXPECT_EQ(far["threshold"], 4.0);
  EXPECT_GT(far["distance"], 6.0);
  EXPECT_EQ(far["predictions"].size(), 2U) << "the best guesses are told all the same";
  const json near = json::parse(run({"predict", path("m.keras"), blue, "--json"}).output);
  EXPECT_EQ(near["none_of_these"], false);
  EXPECT_LT(near["distance"], 4.0);
}

TEST_F(NoneOfTheseCommand, a_model_that_does_not_know_it_prints_what_it_always_did) {
  for (const char* form : {"--json", "--top=2"}) {
    const std::string plain =
        run({"predict", path("plain.keras"), path("images/red"), form}).output;
    EXPECT_FALSE(contains(plain, "none")) << plain;
    EXPECT_EQ(
        run({"predict", path("m.keras"), path("images/red"), form, "--unknown", "ignore"}).output,
        plain);
  }
  EXPECT_FALSE(contains(run({"summary", path("plain.keras")}).output, "None of these"));
}

TEST_F(NoneOfTheseCommand, evaluate_counts_it) {
  std::filesystem::remove_all(folder_ / "images/red");
  const auto report = [&](const char* model, const std::vector<std::string>& more) {
    std::vector<std::string> words{"evaluate", path(model), path("images"), "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return json::parse(run(words).output);
  };
  const json known = report("m.keras", {});
  EXPECT_EQ(known["none_of_these"],
            (json{{"images", 0}, {"share", 0.0}, {"accuracy_of_others", 1.0}}));
  EXPECT_GT(known["ece"], 0.0);
  EXPECT_LT(known["ece"], 0.1);
  const json plain = report("plain.keras", {});
  EXPECT_FALSE(plain.contains("none_of_these"));
  EXPECT_EQ(plain["ece"], known["ece"]);
  EXPECT_EQ(report("m.keras", {"--unknown", "ignore"}), plain);
  EXPECT_TRUE(contains(run({"evaluate", path("m.keras"), path("images")}).output,
                       "0 of them (0.0 %) are taken for none of these; accuracy of the others 1"));
}

TEST_F(NoneOfTheseCommand, summary_tells_it) {
  EXPECT_TRUE(contains(run({"summary", path("m.keras")}).output,
                       "5 % of those of its classes are taken for such"));
  const json told = json::parse(run({"summary", path("m.keras"), "--json"}).output);
  EXPECT_EQ(told["none_of_these"], (json{{"unknown_rate", 0.05}, {"threshold", 4.0}}));
}

TEST_F(NoneOfTheseCommand, convert_keeps_it_or_says_that_it_does_not) {
  const ProgramRun whole = run({"convert", path("m.keras"), path("m.h5")});
  EXPECT_FALSE(contains(whole.errors, "none of its classes")) << whole.errors;
  EXPECT_TRUE(contains(run({"predict", path("m.h5"), path("images/red")}).output, "none of these"));
  const ProgramRun weights = run({"convert", path("m.keras"), path("m.weights.h5")});
  EXPECT_TRUE(contains(weights.errors, "not kept: what tells images of none of its classes"));
  const ProgramRun fed =
      run({"convert", path("m.keras"), path("o.keras"), "--orientation", "ignore"});
  EXPECT_TRUE(contains(fed.errors, "it holds for images fed as before")) << fed.errors;
  EXPECT_FALSE(contains(run({"predict", path("o.keras"), path("images/red")}).output, "none of"));
}

TEST_F(NoneOfTheseCommand, a_file_that_holds_nonsense_is_refused_with_a_way_out) {
  const Functional model = load_model(path("m.keras"));
  model.metadata().set("none_of_these", Config(Config::Map{}).set("kind", "magic"));
  save_model(model, folder_ / "bad.keras");
  const ProgramRun refused = run_thaw({"predict", path("bad.keras"), path("images")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(contains(refused.errors, "received \"magic\"")) << refused.errors;
  EXPECT_TRUE(contains(refused.errors, "--unknown ignore goes on")) << refused.errors;
  run({"predict", path("bad.keras"), path("images"), "--unknown", "ignore"});
  EXPECT_TRUE(contains(run({"summary", path("bad.keras")}).output, "None of these: model"));
  EXPECT_EQ(
      run_thaw({"predict", path("m.keras"), path("images"), "--unknown", "perhaps"}).exit_code, 2);
}

}  // namespace
}  // namespace thaw
