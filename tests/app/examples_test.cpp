#include <gtest/gtest.h>

#include <cstdlib>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using testing::run_thaw;

/// Drawn images, and the examples' programs where they are built.
class Examples : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(std::string(THAW_EXAMPLES) + "/recipe"))
      GTEST_SKIP() << "the examples are not built";
    testing::draw_images(folder_ / "images", 6, 1);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Runs an example; returns its output.
  std::string output_of(const std::string& call) const {
    const int result =
        std::system((std::string(THAW_EXAMPLES) + "/" + call + " > " + path("output")).c_str());
    EXPECT_EQ(result, 0) << call;
    return read_file(path("output"));
  }
  void expect_predicts(const std::string& model) const {
    const auto run = run_thaw({"predict", model, path("images/red/0.bmp"), "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    for (const char* name : {"red", "green", "blue"})
      EXPECT_TRUE(testing::contains(run.output, std::string("\"class\":\"") + name)) << run.output;
  }

  testing::TemporaryFolder folder_;
  testing::Environment home_{"THAW_HOME", (folder_ / "home").string()};
};

TEST_F(Examples, whole_job_writes_a_file_that_predict_needs_nothing_else_for) {
  // A base that says itself how images are prepared for it.
  testing::save_small_base(path("plain.keras"));
  const Functional base = load_model(path("plain.keras"));
  Config form;
  base.metadata().set("pictures", std::move(form.set("preprocessing", "tf")));
  save_model(base, path("base.keras"));
  const std::string output =
      output_of("whole_job " + path("images") + " " + path("m.keras") + " " + path("base.keras"));
  EXPECT_TRUE(testing::contains(output, "3 classes from 15 images")) << output;
  EXPECT_TRUE(testing::contains(output, "accuracy ")) << output;
  EXPECT_TRUE(testing::contains(output, "red/0.bmp  ")) << output;
  expect_predicts(path("m.keras"));
}

TEST_F(Examples, recipe_writes_a_file_that_predict_needs_nothing_else_for) {
  output_of("recipe " + path("images") + " " + path("m.keras") + " none");
  expect_predicts(path("m.keras"));
}

}  // namespace
}  // namespace thaw
