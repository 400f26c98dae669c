#include "thaw/task/fit_task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "task/option_values.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/model_file.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/task/class_names.h"
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
class FitTaskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::draw_images(folder_ / "images", 12, 1);
    testing::draw_images(folder_ / "others", 8, 2);
    testing::save_small_base(folder_ / "base.keras");
    testing::save_small_base(folder_ / "copy.keras");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  FitTask task() const {
    return {.source = {.images = path("images")},
            .form = {.preprocessing = preprocessing("tf")},
            .base = {.base = path("base.keras")},
            .recipe = {.batch_size = 8,
                       .epochs = 2,
                       .learning_rate = 0.01,
                       .unfreeze = 2,
                       .fine_tune_epochs = 1},
            .out = path("model.keras"),
            .checkpoint = path("state")};
  }

  testing::TemporaryFolder folder_;
  testing::Environment home_{"THAW_HOME", (folder_ / "home").string()};
  Engine engine_{{.threads = 2}};
};

struct StopInTheSecondEpoch : TaskEvents {
  std::atomic<bool> stop = false;
  void on_batch_end(TrainingControl&, const BatchProgress& progress) override {
    stop = progress.epoch == 1 && progress.batch == 2;
  }
};

/// The checkpoint of a run that was stopped in its second epoch, as bytes.
std::string unfinished(FitTask task, Engine& engine) {
  StopInTheSecondEpoch events;
  task.stop = &events.stop;
  EXPECT_FALSE(task.run(engine, events).finished);
  return read_file(*task.checkpoint);
}

/// `config` without a member.
Config without(const Config& config, std::string_view left_out) {
  Config result{Config::Map{}};
  for (const auto& [name, value] : config.as_map())
    if (name != left_out) result.set(name, value);
  return result;
}

/// Makes a checkpoint one as a version wrote it that had no --metrics, contents of images, places
/// of stages or states of callbacks, and one number of samples for loss and accuracy together.
void make_older(const std::string& path) {
  TensorFile file = load_safetensors(path);
  file.metadata.erase("thaw_checkpoint_hash");
  std::string& text = file.metadata.at("thaw_checkpoint");
  Config config = without(parse_json(text), "callbacks");
  config = without(without(config, "tensor_hashes"), "lists");
  config.set("version", 1);
  config.set("settings", without(without(config.at("settings"), "--metrics"), "image contents"));
  Config stages{Config::List{}};
  for (const Config& stage : config.at("stages").as_list()) stages.append(without(stage, "place"));
  config.set("stages", std::move(stages));
  const Config::List sums = config.at("position").at("sums").as_list();
  ASSERT_EQ(sums.size(), 4U) << "loss, samples, accuracy, samples";
  Config position = config.at("position");
  position.set("sums", Config::List{sums[0], sums[2], sums[3]});
  config.set("position", std::move(position));
  text = write_json(config);
  save_safetensors(file, path);
}

TEST_F(FitTaskTest, resumes_under_no_other_setting_that_changes_the_result) {
  const std::string checkpoint = unfinished(task(), engine_);
  const auto known = values_to_try(folder_.path());
  FitTask finished = task();
  finished.out = path("finished.keras");
  finished.checkpoint = path("state of the finished one");
  ASSERT_TRUE(finished.run(engine_).finished);
  FitTask names = task();
  EngineOptions names_of_engine;
  OptionList all;
  names.describe(all);
  describe(names_of_engine, all);
  for (const Option& each : all.all()) {
    FitTask other = task();
    EngineOptions engine{.threads = 2};
    OptionList options;
    other.describe(options);
    describe(engine, options);
    const Option& option = *options.find(each.name);
    option.set(another_value(option, known));
    if (other.keep_head) other.base.base = finished.out.string();
    other.resume = true;
    write_file(*other.checkpoint, checkpoint);
    const std::string message = error_of([&] {
      Engine runs_on(engine);
      EXPECT_TRUE(other.run(runs_on).finished);
    });
    if (!option.about.may_change.empty()) {
      EXPECT_EQ(message, "") << option.flag();
    } else if (!contains(message, "--resume: the unfinished run had")) {
      // A processor without bfloat16 refuses it before anything is resumed, and a base without such
      // a Lambda layer what it is to compute.
      EXPECT_TRUE(option.name == "precision" || option.name == "lambda") << message;
      EXPECT_NE(options.result_settings().find("--" + option.name), nullptr);
    }
  }
}

TEST_F(FitTaskTest, resumes_to_the_file_of_an_uninterrupted_run_also_from_an_older_checkpoint) {
  ASSERT_TRUE(task().run(engine_).finished);
  const std::string whole = read_file(path("model.keras"));
  unfinished(task(), engine_);
  make_older(path("state"));
  FitTask other = task();
  other.resume = true;
  other.recipe.metrics = {"categorical_accuracy"};
  EXPECT_TRUE(contains(error_of<UsageError>([&] { other.run(engine_); }), "--metrics"));
  FitTask same = task();
  same.resume = true;
  ASSERT_TRUE(same.run(engine_).finished);
  EXPECT_TRUE(read_file(path("model.keras")) == whole);
  EXPECT_FALSE(std::filesystem::exists(path("state")));
}

TEST_F(FitTaskTest, is_the_whole_job_from_images_to_predictions) {
  FitTask fit = task();
  fit.recipe.epochs = 20;
  fit.recipe.metrics = {"accuracy", "categorical_accuracy"};
  fit.history = path("history.json");
  const FitReport report = fit.run(engine_);
  EXPECT_EQ(report.classes, (std::vector<std::string>{"blue", "green", "red"}));
  EXPECT_EQ(report.train_images + report.validation_images, 36);
  const Config history = parse_json(read_file(path("history.json")));
  EXPECT_EQ(history.at("settings").at("batch_size").as_integer(), 8);
  EXPECT_EQ(history.at("settings").at("metrics").as_string(), "accuracy,categorical_accuracy");
  const Config& epoch = history.at("stages").as_list()[0].at("epochs").as_list()[0];
  EXPECT_EQ(epoch.at("accuracy").as_number(), epoch.at("categorical_accuracy").as_number());

  const EvaluateReport judged =
      EvaluateTask{.model = fit.out, .images = path("others")}.run(engine_);
  EXPECT_EQ(judged.images, 24);
  EXPECT_EQ(judged.logs.at(1).first, "accuracy");
  EXPECT_GT(judged.logs.at(1).second, 0.8);
  const auto seen =
      PredictTask{.model = fit.out, .images = {path("others/red")}, .top = 2}.run(engine_);
  ASSERT_EQ(seen.size(), 8U);
  ASSERT_EQ(seen[0].guesses.size(), 2U);
  EXPECT_TRUE(seen[0].guesses[0].is_probability());
  EXPECT_GE(seen[0].guesses[0].value, seen[0].guesses[1].value);
}

TEST_F(FitTaskTest, refuses_imagenet_weights_for_a_file_that_has_its_own) {
  FitTask fit = task();
  fit.base.weights = "imagenet";
  EXPECT_TRUE(contains(error_of<UsageError>([&] { fit.run(engine_); }), "leave --weights out"));
}

TEST_F(FitTaskTest, takes_names_that_look_alike_for_one_class) {
  std::filesystem::rename(path("images/red"), path("images/caf\u00e9"));
  std::filesystem::rename(path("others/red"), path("others/cafe\u0301"));
  FitTask fit = task();
  fit.source.validation = path("others");
  const FitReport report = fit.run(engine_);
  EXPECT_EQ(report.classes, (std::vector<std::string>{"blue", "caf\u00e9", "green"}));
  EXPECT_EQ(report.validation_images, 24);
  const EvaluateReport judged =
      EvaluateTask{.model = fit.out, .images = path("others")}.run(engine_);
  EXPECT_EQ(judged.classes, report.classes);
}

TEST_F(FitTaskTest, needs_no_file_to_write_to) {
  FitTask fit = task();
  fit.out.clear();
  fit.checkpoint.reset();
  fit.source.validation_split = 0;
  const FitReport report = fit.run(engine_);
  EXPECT_TRUE(report.finished);
  EXPECT_EQ(class_names(report.model), report.classes);
  EXPECT_EQ(image_form(report.model).preprocessing.name(), "tf");
  EXPECT_FALSE(std::filesystem::exists(path("model.keras")));
}

/// The images of the test as a table, each with a weight of 1 but the last.
std::string table_of(const std::filesystem::path& folder, const std::string& last) {
  std::string text = "path,label,weight\n";
  for (const char* name : {"blue", "green", "red"}) {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(folder / name))
      files.push_back(file.path().string());
    std::ranges::sort(files);
    for (const std::string& file : files)
      text += file + "," + name + "," + (file == files.back() ? last : "1") + "\n";
  }
  return text;
}

TEST_F(FitTaskTest, weighs_images_as_their_table_says_and_resumes_with_the_same_weights_alone) {
  const auto trained = [&](const std::string& last) {
    write_file(path("table.csv"), table_of(folder_ / "images", last));
    FitTask fit = task();
    fit.source.images = path("table.csv");
    EXPECT_TRUE(fit.run(engine_).finished);
    return read_file(path("model.keras"));
  };
  const std::string plain = trained("1");
  EXPECT_TRUE(trained("1.0") == plain);
  const std::string weighted = trained("5");
  EXPECT_FALSE(weighted == plain);
  FitTask fit = task();
  fit.source.images = path("table.csv");
  const std::string state = unfinished(fit, engine_);
  fit.resume = true;
  write_file(path("table.csv"), table_of(folder_ / "images", "4"));
  const std::string message = error_of<UsageError>([&] { fit.run(engine_); });
  EXPECT_TRUE(contains(message, "other image weights: 3 have changed")) << message;
  write_file(path("table.csv"), table_of(folder_ / "images", "1"));
  EXPECT_TRUE(contains(error_of<UsageError>([&] { fit.run(engine_); }), "image weights"));
  write_file(path("table.csv"), table_of(folder_ / "images", "5"));
  ASSERT_TRUE(fit.run(engine_).finished);
  EXPECT_TRUE(read_file(path("model.keras")) == weighted);
}

struct Remarks : TaskEvents {
  std::string all;
  void on_remark(const std::string& remark) override { all += remark + "\n"; }
};

TEST_F(FitTaskTest, fine_tunes_all_of_a_small_network_by_default_and_tells_it) {
  const Symbol image = input({32, 32, 3});
  const Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .name = "one"})(image);
  save_model(Functional(image, x, "tiny"), path("tiny.keras"));
  FitTask fit = task();
  fit.base.base = path("tiny.keras");
  fit.recipe.unfreeze = {};
  Remarks events;
  const FitReport report = fit.run(engine_, events);
  EXPECT_TRUE(contains(events.all, "\"tiny\" has 2 layers: all of them are fine-tuned"))
      << events.all;
  EXPECT_EQ(report.stages.back().options.unfreeze, 2);
  fit.recipe.unfreeze = 5;
  const std::string message = error_of<UsageError>([&] { fit.run(engine_); });
  EXPECT_TRUE(contains(message, "all 2 layers of the base, received 5")) << message;
}

}  // namespace
}  // namespace thaw
