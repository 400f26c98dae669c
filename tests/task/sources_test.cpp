// That fit, evaluate and predict take every kind of source of images, and make the same of the same
// images.

#include <gtest/gtest.h>

#include <algorithm>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/data/source.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/task/evaluate_task.h"
#include "thaw/task/fit_task.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;

struct Remarks : TaskEvents {
  std::string all;
  void on_remark(const std::string& remark) override { all += remark + "\n"; }
};

/// The same data set in a folder "set" of train, val and test, in set.zip, set.csv and set.jsonl.
class Sources : public ::testing::Test {
 protected:
  Sources() {
    testing::draw_images(folder_ / "set/train", 10, 1);
    testing::draw_images(folder_ / "set/val", 4, 2);
    testing::draw_images(folder_ / "set/test", 5, 3);
    testing::save_small_base(folder_ / "base.keras");
    std::vector<std::pair<std::string, std::string>> members;
    std::string csv = "path,label,split\n";
    std::string lines;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "set")) {
      if (!entry.is_regular_file()) continue;
      const std::string path = entry.path().lexically_relative(folder_.path()).string();
      const std::string label = entry.path().parent_path().filename().string();
      const std::string split = entry.path().parent_path().parent_path().filename().string();
      members.emplace_back(path, read_file(entry.path()));
      rows_.push_back({path, label, split});
    }
    std::ranges::sort(rows_);
    for (const auto& [path, label, split] : rows_) {
      csv += path + "," + label + "," + split + "\n";
      lines += R"({"path": ")" + path + R"(", "label": ")" + label + R"(", "split": ")" + split +
               "\"}\n";
    }
    folder_.write("set.csv", csv);
    folder_.write("set.jsonl", lines);
    const std::vector<std::pair<std::string, std::string_view>> views(members.begin(),
                                                                      members.end());
    keras::write_zip(folder_ / "set.zip", views);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  FitTask task(const std::string& source) const {
    return {.source = {.images = path(source)},
            .form = {.preprocessing = preprocessing("tf")},
            .base = {.base = path("base.keras")},
            .recipe = {.batch_size = 8,
                       .epochs = 3,
                       .learning_rate = 0.01,
                       .unfreeze = 2,
                       .fine_tune_epochs = 1},
            .out = path("model.keras")};
  }

  struct Row {
    std::string path, label, split;
    auto operator<=>(const Row&) const = default;
  };
  testing::TemporaryFolder folder_;
  testing::Environment home_{"THAW_HOME", (folder_ / "home").string()};
  std::vector<Row> rows_;
  Engine engine_{{.threads = 2}};
  Remarks remarks_;
};

TEST_F(Sources, of_the_same_images_train_to_the_same_model_and_are_judged_alike) {
  const FitReport report = task("set").run(engine_, remarks_);
  EXPECT_EQ(report.train_images, 30);
  EXPECT_EQ(report.validation_images, 12);
  EXPECT_TRUE(contains(remarks_.all, "not used: " + path("set/test"))) << remarks_.all;
  const std::string expected = read_file(path("model.keras"));
  const EvaluateTask judge{.model = path("model.keras"), .images = path("set")};
  const EvaluateReport judged = judge.run(engine_, remarks_);
  EXPECT_EQ(judged.images, 15);
  EXPECT_TRUE(contains(remarks_.all, "evaluating on " + path("set/test"))) << remarks_.all;
  for (const char* source : {"set.zip", "set.csv", "set.jsonl"}) {
    SCOPED_TRACE(source);
    remarks_.all.clear();
    task(source).run(engine_, remarks_);
    EXPECT_TRUE(contains(remarks_.all, "holds parts of a data set")) << remarks_.all;
    EXPECT_TRUE(read_file(path("model.keras")) == expected);
    EvaluateTask same = judge;
    same.images = path(source);
    const EvaluateReport other = same.run(engine_, remarks_);
    EXPECT_EQ(other.images, judged.images);
    EXPECT_EQ(other.logs, judged.logs);
  }
}

TEST_F(Sources, a_part_can_be_named_and_another_source_can_validate) {
  FitTask fit = task("set.zip/set/train");
  fit.source.validation = path("set.csv/val");
  const FitReport report = fit.run(engine_, remarks_);
  EXPECT_EQ(report.train_images, 30);
  EXPECT_EQ(report.validation_images, 12);
  EXPECT_FALSE(contains(remarks_.all, "holds parts")) << remarks_.all;
}

TEST_F(Sources, images_per_class_takes_so_many_by_the_seed) {
  FitTask fit = task("set.csv/train");
  fit.source.images_per_class = 4;
  fit.source.validation_split = 0;
  EXPECT_EQ(fit.run(engine_).train_images, 12);
  EXPECT_EQ(
      (EvaluateTask{.model = path("model.keras"), .images = path("set"), .images_per_class = 2}
           .run(engine_)
           .images),
      6);
  const auto files = [&](uint64_t seed) { return file_list(fit_data(fit.source, seed).train); };
  EXPECT_EQ(files(1), files(1));
  EXPECT_NE(files(1), files(2));
}

TEST_F(Sources, predictions_are_made_of_all_images_of_a_source_or_one) {
  FitTask fit = task("set");
  fit.run(engine_);
  const auto seen = [&](const std::string& images) {
    return PredictTask{.model = path("model.keras"), .images = {path(images)}}.run(engine_);
  };
  EXPECT_EQ(seen("set.zip").size(), 57U);
  EXPECT_EQ(seen("set.csv").size(), 57U);
  EXPECT_EQ(seen("set.jsonl/test").size(), 15U);
  const auto one = seen("set.zip/set/test/red/0.bmp");
  const auto same = seen("set/test/red/0.bmp");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].error, "");
  EXPECT_EQ(one[0].guesses[0].name, same[0].guesses[0].name);
  EXPECT_EQ(one[0].guesses[0].value, same[0].guesses[0].value);
}

TEST_F(Sources, unreadable_members_are_left_out_and_counted) {
  const std::string bmp = read_file(folder_ / "set/train/red/0.bmp");
  const std::string other = read_file(folder_ / "set/train/blue/0.bmp");
  std::vector<std::pair<std::string, std::string_view>> members;
  for (int i = 0; i < 6; ++i) {
    members.emplace_back("a/" + std::to_string(i) + ".bmp", bmp);
    members.emplace_back("b/" + std::to_string(i) + ".bmp", other);
  }
  members.emplace_back("a/text.bmp", "no image");
  members.emplace_back("a/empty.bmp", "");
  keras::write_zip(folder_ / "broken.zip", members);
  FitTask fit = task("broken.zip");
  fit.source.allowed_broken = 0.5;
  const FitReport report = fit.run(engine_, remarks_);
  EXPECT_EQ(report.train_images + report.validation_images, 12);
  EXPECT_TRUE(contains(remarks_.all, "its content is no image's")) << remarks_.all;
  EXPECT_TRUE(contains(remarks_.all, "empty")) << remarks_.all;
  fit.source.allowed_broken = 0.1;
  EXPECT_TRUE(contains(error_of([&] { fit.run(engine_); }), "expected at most 10 % of 14 images"));
}

TEST_F(Sources, tables_that_list_missing_files_say_so) {
  folder_.write("gone.csv", "path,label\n1.png,a\n2.png,a\n3.png,b\n4.png,b\n");
  EXPECT_TRUE(
      contains(error_of([&] { task("gone.csv").run(engine_); }), "cannot be read: No such file"));
}

}  // namespace
}  // namespace thaw
