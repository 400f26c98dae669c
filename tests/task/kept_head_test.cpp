#include <gtest/gtest.h>

#include <cstring>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/variable.h"
#include "thaw/features/disk/feature_folder.h"
#include "thaw/task/class_names.h"
#include "thaw/task/fit_task.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

std::vector<float> weights_of(const Functional& model) {
  std::vector<float> result;
  for (const VariablePtr& variable : model.variables()) {
    const auto values = variable->value().values();
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

/// A finished model of three colours.
class KeptHead : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::draw_images(folder_ / "images", 8, 1);
    testing::save_small_base(folder_ / "base.keras");
    FitTask first = fit("base.keras", "finished.keras");
    first.form.preprocessing = preprocessing("tf");
    finished_ = weights_of(first.run(engine_).model);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  FitTask fit(const std::string& base, const std::string& out) const {
    return {.source = {.images = path("images"), .validation_split = 0},
            .base = {.base = path(base)},
            .recipe = {.batch_size = 8, .epochs = 1, .learning_rate = 0.01, .unfreeze = 0},
            .cache = FeatureFolderOptions{.folder = folder_ / "features"},
            .out = path(out)};
  }
  FitTask more() const {
    FitTask task = fit("finished.keras", "more.keras");
    task.keep_head = true;
    return task;
  }
  int64_t kept_rows() const {
    int64_t rows = 0;
    for (const auto& set : FeatureFolder({.folder = folder_ / "features"}).sets()) rows += set.rows;
    return rows;
  }

  testing::TemporaryFolder folder_;
  testing::Environment home_{"THAW_HOME", (folder_ / "home").string()};
  Engine engine_{{.threads = 2}};
  std::vector<float> finished_;
};

TEST_F(KeptHead, GoesOnWithItsWeightsAndThoseOfTheBase) {
  FitTask task = more();
  task.recipe.learning_rate = 0;
  EXPECT_EQ(weights_of(task.run(engine_).model), finished_);
  FitTask fresh = task;
  fresh.keep_head = false;
  EXPECT_NE(weights_of(fresh.run(engine_).model), finished_);
  task.recipe.learning_rate = 0.01;
  EXPECT_NE(weights_of(task.run(engine_).model), finished_);
}

TEST_F(KeptHead, ComputesNewImagesAlone) {
  const int64_t before = kept_rows();
  EXPECT_EQ(before, 24);
  more().run(engine_);
  EXPECT_EQ(kept_rows(), before);
  std::filesystem::copy_file(path("images/red/0.bmp"), path("images/red/the same again.bmp"));
  testing::draw_images(folder_ / "others", 1, 2);
  for (const char* name : {"red", "green"})
    std::filesystem::copy_file(folder_ / "others" / name / "0.bmp",
                               folder_ / "images" / name / "new.bmp");
  more().run(engine_);
  EXPECT_EQ(kept_rows(), before + 2);
}

TEST_F(KeptHead, KeepsTheModelsOrderOfClasses) {
  const Model model = Model::load(path("finished.keras"));
  Config names{Config::List{}};
  for (const char* name : {"red", "blue", "green"}) names.append(std::string(name));
  model.metadata().set("classes", names);
  model.save(path("other order.keras"));
  FitTask task = more();
  task.base.base = path("other order.keras");
  const FitReport report = task.run(engine_);
  EXPECT_EQ(report.classes, (std::vector<std::string>{"red", "blue", "green"}));
  EXPECT_EQ(class_names(Model::load(task.out)), report.classes);
}

TEST_F(KeptHead, RefusesOtherClassesAndListsBoth) {
  std::filesystem::rename(folder_ / "images/red", folder_ / "images/pink");
  const std::string message = error_of<UsageError>([&] { more().run(engine_); });
  EXPECT_TRUE(contains(message, "blue, green, red")) << message;
  EXPECT_TRUE(contains(message, "blue, green, pink")) << message;
}

TEST_F(KeptHead, NeedsAFinishedModelAndItsWeights) {
  FitTask task = more();
  task.base.base = path("base.keras");
  EXPECT_TRUE(contains(error_of<UsageError>([&] { task.run(engine_); }), "has no head"));
  task = more();
  task.base.weights = "none";
  EXPECT_TRUE(contains(error_of<UsageError>([&] { task.run(engine_); }), "--weights none"));
  task = more();
  task.base.base = "mobilenet_v2";
  task.base.weights = "none";
  EXPECT_TRUE(contains(error_of<UsageError>([&] { task.run(engine_); }), "mobilenet_v2"));
}

}  // namespace
}  // namespace thaw
