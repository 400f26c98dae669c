#include "thaw/task/climb_task.h"

#include <gtest/gtest.h>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "task/option_values.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/task/engine_settings.h"
#include "thaw/task/evaluate_task.h"
#include "thaw/task/option.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

using testing::another_value;
using testing::contains;
using testing::error_of;
using testing::values_to_try;

/// Images of three colours and a base, in a folder with a cache of its own.
class ClimbTaskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::draw_images(folder_ / "images", 12, 1);
    testing::draw_images(folder_ / "others", 8, 2);
    testing::save_small_base(folder_ / "base.keras");
    testing::save_small_base(folder_ / "copy.keras");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  ClimbTask task() const {
    return {.source = {.images = path("images"), .validation_split = 0},
            .form = {.preprocessing = preprocessing("tf")},
            .base = {.base = path("base.keras")},
            .folds = 3,
            .most_blocks = 2,
            .epochs = 2,
            .out = path("model.keras"),
            .checkpoint = path("state")};
  }

  testing::TemporaryFolder folder_;
  testing::Environment home_{"THAW_HOME", (folder_ / "home").string()};
  Engine engine_{{.threads = 2}};
};

/// One fold of the first rung is then done.
struct StopInTheSecondFit : ClimbEvents {
  std::atomic<bool> stop = false;
  int fits = 0;
  void on_epoch_begin(TrainingControl&, int epoch) override {
    fits += epoch == 0 ? 1 : 0;
    stop = fits == 2;
  }
};

TEST_F(ClimbTaskTest, is_the_whole_job_from_images_to_predictions) {
  ClimbTask climb = task();
  climb.report = path("report.json");
  climb.source.validation = path("others");
  const ClimbReport report = climb.run(engine_);
  ASSERT_TRUE(report.finished);
  EXPECT_EQ(report.images, 36);
  EXPECT_EQ(report.validation_images, 24);
  EXPECT_GT(*report.validation_right, 20);
  EXPECT_GT(report.result.accuracy, 0.9);
  const Config figures = parse_json(read_file(path("report.json")));
  EXPECT_EQ(figures.at("images").as_integer(), 36);
  EXPECT_EQ(figures.at("settings").at("folds").as_integer(), 3);
  EXPECT_EQ(figures.at("classes").as_list().size(), 3U);
  EXPECT_EQ(figures.at("heads").as_list()[0].at("accuracy").as_number(),
            report.result.heads.chosen.accuracy);

  const EvaluateReport judged =
      EvaluateTask{.model = climb.out, .images = path("others")}.run(engine_);
  EXPECT_EQ(judged.logs.at(1).first, "accuracy");
  EXPECT_NEAR(judged.logs.at(1).second, static_cast<double>(*report.validation_right) / 24, 1e-9);
  const auto seen =
      PredictTask{.model = climb.out, .images = {path("others/red/0.bmp")}}.run(engine_);
  EXPECT_EQ(seen.at(0).guesses.at(0).name, "red");
}

TEST_F(ClimbTaskTest, resumes_to_the_bytes_of_an_uninterrupted_climb) {
  ASSERT_TRUE(task().run(engine_).finished);
  const std::string whole = read_file(path("model.keras"));
  ClimbTask other = task();
  StopInTheSecondFit events;
  other.stop = &events.stop;
  EXPECT_FALSE(other.run(engine_, events).finished);
  EXPECT_TRUE(std::filesystem::exists(path("state")));
  ClimbTask again = task();
  again.resume = true;
  ASSERT_TRUE(again.run(engine_).finished);
  EXPECT_TRUE(read_file(path("model.keras")) == whole);
  EXPECT_FALSE(std::filesystem::exists(path("state")));
}

TEST_F(ClimbTaskTest, resumes_under_no_other_setting_that_changes_the_result) {
  ClimbTask stopped = task();
  StopInTheSecondFit events;
  stopped.stop = &events.stop;
  ASSERT_FALSE(stopped.run(engine_, events).finished);
  const std::string state = read_file(path("state"));
  const auto known = values_to_try(folder_.path());
  ClimbTask names = task();
  EngineOptions names_of_engine;
  OptionList all;
  names.describe(all);
  describe(names_of_engine, all);
  for (const Option& each : all.all()) {
    ClimbTask other = task();
    EngineOptions engine{.threads = 2};
    OptionList options;
    other.describe(options);
    describe(engine, options);
    const Option& option = *options.find(each.name);
    option.set(another_value(option, known));
    other.resume = true;
    write_file(*other.checkpoint, state);
    const std::string message = error_of([&] {
      Engine runs_on(engine);
      EXPECT_TRUE(other.run(runs_on).finished);
    });
    if (!option.about.may_change.empty()) {
      EXPECT_EQ(message, "") << option.flag();
    } else if (!contains(message, "--resume: the unfinished run had")) {
      // A processor without bfloat16 refuses it before anything is resumed, and a base without such
      // a Lambda layer what it is to compute; without images for validation nothing is split.
      EXPECT_TRUE(option.name == "precision" || option.name == "lambda" || option.name == "split")
          << message << each.name;
    }
  }
}

TEST_F(ClimbTaskTest, takes_the_base_that_suits_best) {
  ClimbTask climb = task();
  climb.base.base = path("base.keras") + "," + path("copy.keras");
  climb.sizes = {"8", "32"};
  climb.most_blocks = 0;
  const ClimbReport report = climb.run(engine_);
  ASSERT_EQ(report.bases.size(), 4U);
  double least = report.bases[0].negative_log_likelihood;
  for (const ProbedBase& base : report.bases) least = std::min(least, base.negative_log_likelihood);
  for (const ProbedBase& base : report.bases) {
    if (base.negative_log_likelihood != least) continue;
    EXPECT_EQ(report.base, base.base);
    EXPECT_EQ(report.size, base.size);
    break;
  }
  climb.base.weights = "none";
  EXPECT_TRUE(contains(error_of<UsageError>([&] { climb.run(engine_); }), "name one base"));
}

TEST_F(ClimbTaskTest, learns_from_images_for_validation_too_where_asked) {
  ClimbTask climb = task();
  climb.source.validation = path("others");
  climb.use_all = true;
  const ClimbReport report = climb.run(engine_);
  ASSERT_TRUE(report.finished);
  EXPECT_EQ(report.images, 36 + 24);
  const std::string all = read_file(path("model.keras"));
  climb.use_all = false;
  ASSERT_TRUE(climb.run(engine_).finished);
  EXPECT_FALSE(read_file(path("model.keras")) == all);
}

TEST(Budget, is_a_time_with_a_unit) {
  EXPECT_EQ(seconds_from("90"), 90);
  EXPECT_EQ(seconds_from("90s"), 90);
  EXPECT_EQ(seconds_from("1.5m"), 90);
  EXPECT_EQ(seconds_from("2h"), 7200);
  for (const char* text : {"", "m", "-1s", "1d", "nan", "10 m"})
    EXPECT_NE(error_of<UsageError>([&] { seconds_from(text); }), "") << text;
}

}  // namespace
}  // namespace thaw
