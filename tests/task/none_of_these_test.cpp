#include "thaw/task/none_of_these.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "task/colour_model.h"
#include "thaw/compile/lower.h"
#include "thaw/data/source.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"
#include "thaw/task/evaluate_task.h"
#include "thaw/task/predict_task.h"
#include "thaw/train/predictor.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

/// A model that tells blue, green and red, and whose detector has seen blue and green alone.
class NoneOfThese : public ::testing::Test {
 protected:
  NoneOfThese() {
    testing::draw_images(folder_ / "images", 40, 3);
    const auto [image, colour] = testing::colour_model();
    Functional model =
        testing::model_of(image, thaw::activation({.activation = "softmax"})(colour));
    save_model(model, folder_ / "plain.keras");
    keep_unknown_detector(model, fitted(model));
    for (const char* name : {"m.keras", "m.h5"}) save_model(model, folder_ / name);
  }

  /// To what enters the Dense for the images of blue and green.
  UnknownDetector fitted(const Functional& model) {
    ImageFolder listing = list_source(folder_ / "images");
    std::vector<int64_t> known;
    for (int64_t i = 0; i < std::ssize(listing.labels); ++i)
      if (listing.labels[static_cast<size_t>(i)] < 2) known.push_back(i);
    listing = listing.select(known);
    HeadData data{
        .features = Tensor({std::ssize(known), 3}), .labels = listing.labels, .classes = 2};
    data.folds = stratified_folds(data.labels, 5, 1);
    const ImageDataset images(std::move(listing), image_form(model));
    const Predictor predictor(with_last_dense_input(lower(model)), engine_);
    predictor.run(images, [&](const Prediction& one) {
      std::ranges::copy(one.further.at(0), data.features.rows(one.sample, 1).data());
    });
    return fit_unknown_detector(data, 0.05);
  }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<ImagePrediction> predict(const std::string& model, const std::string& images,
                                       const std::string& unknown = "show") {
    remarks_.clear();
    const PredictTask task{
        .model = file(model),
        .images = {file(images)},
        .unknown = {unknown},
        .on_remark = [this](const std::string& remark) { remarks_ += remark + "\n"; }};
    return task.run(engine_);
  }

  testing::TemporaryFolder folder_;
  Engine engine_{{.threads = 2}};
  std::string remarks_;
};

int64_t refused(const std::vector<ImagePrediction>& images) {
  return std::ranges::count_if(images, [](const ImagePrediction& image) {
    return image.unlikeness && image.unlikeness->is_none_of_these();
  });
}

TEST_F(NoneOfThese, is_what_predict_finds_in_images_unlike_those_of_the_classes) {
  for (const char* model : {"m.keras", "m.h5"}) {
    EXPECT_EQ(refused(predict(model, "images/red")), 40) << model;
    const auto blue = predict(model, "images/blue");
    EXPECT_LE(refused(blue), 6) << model;
    EXPECT_EQ(blue[0].guesses.at(0).name, "class 0") << "the best guess is told all the same";
    EXPECT_EQ(remarks_, "");
  }
}

TEST_F(NoneOfThese, is_not_looked_for_where_nothing_knows_it_or_it_is_ignored) {
  const auto plain = predict("plain.keras", "images");
  const auto shown = predict("m.keras", "images");
  const auto ignored = predict("m.keras", "images", "ignore");
  ASSERT_EQ(plain.size(), 120U);
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_FALSE(plain[i].unlikeness);
    EXPECT_FALSE(ignored[i].unlikeness);
    ASSERT_TRUE(shown[i].unlikeness);
    for (const auto& other : {shown[i], ignored[i]}) {
      EXPECT_EQ(other.guesses.at(0).name, plain[i].guesses.at(0).name);
      EXPECT_EQ(other.guesses.at(0).value, plain[i].guesses.at(0).value);
    }
  }
}

TEST_F(NoneOfThese, is_counted_by_evaluate_beside_how_calibrated_probabilities_are) {
  EvaluateTask task{.model = file("m.keras"), .images = file("images")};
  const EvaluateReport report = task.run(engine_);
  ASSERT_TRUE(report.refused);
  const int64_t seen = refused(predict("m.keras", "images"));
  EXPECT_EQ(report.refused->images, seen);
  EXPECT_EQ(report.refused->accepted, 120 - seen);
  EXPECT_EQ(report.refused->correct, 120 - seen) << "the colours are told without a mistake";
  ASSERT_TRUE(report.calibration_error);
  double confidence = 0;
  for (const ImagePrediction& one : predict("m.keras", "images"))
    confidence += double{one.guesses.at(0).value} / 120;
  // All are right, so every bin is off by what its confidence lacks to 1.
  EXPECT_NEAR(*report.calibration_error, 1 - confidence, 1e-6);

  task.unknown.unknown = "ignore";
  EXPECT_FALSE(task.run(engine_).refused);
  task.model = file("plain.keras");
  task.unknown.unknown = "show";
  const EvaluateReport plain = task.run(engine_);
  EXPECT_FALSE(plain.refused);
  EXPECT_EQ(plain.logs, report.logs);
  EXPECT_EQ(plain.calibration_error, report.calibration_error);
}

TEST_F(NoneOfThese, is_doubted_where_images_are_taken_in_another_size) {
  const Functional model = load_model(folder_ / "m.keras");
  ImageOptions form = image_form(model);
  EXPECT_EQ(doubt_about_unknown(model, form), "") << "no size is noted";
  Config noted = *model.metadata().find("pictures");
  model.metadata().set("pictures", noted.set("height", 32).set("width", 32));
  EXPECT_EQ(doubt_about_unknown(model, form), "");
  form.size.height = 64;
  EXPECT_TRUE(contains(doubt_about_unknown(model, form), "32x32, and these are taken as 64x32"));
}

TEST_F(NoneOfThese, is_kept_read_back_and_dropped) {
  const Functional model = load_model(folder_ / "m.h5");
  const auto detector = kept_unknown_detector(model);
  ASSERT_TRUE(detector);
  EXPECT_EQ(detector->to_config(),
            kept_unknown_detector(load_model(folder_ / "m.keras"))->to_config());
  EXPECT_EQ(detector->unknown_rate(), 0.05);
  EXPECT_TRUE(drop_unknown_detector(model));
  EXPECT_FALSE(drop_unknown_detector(model));
  EXPECT_FALSE(kept_unknown_detector(model));
  EXPECT_NE(model.metadata().find("pictures"), nullptr);
}

TEST_F(NoneOfThese, is_refused_with_a_way_out_where_the_file_holds_nonsense) {
  const Functional model = load_model(folder_ / "m.keras");
  const Config good = *model.metadata().find("none_of_these");
  const auto told = [&](const Config& noted) {
    model.metadata().set("none_of_these", noted);
    save_model(model, folder_ / "bad.keras");
    const std::string error = error_of([&] { predict("bad.keras", "images/red"); });
    EXPECT_TRUE(contains(error, "none_of_these")) << error;
    EXPECT_TRUE(contains(error, "--unknown ignore")) << error;
    EXPECT_EQ(predict("bad.keras", "images/red", "ignore").size(), 40U);
    const EvaluateTask task{.model = file("bad.keras"), .images = file("images")};
    EXPECT_EQ(error_of([&] { (void)task.run(engine_); }), error);
    return error;
  };
  EXPECT_TRUE(contains(told(nullptr), "kind"));
  EXPECT_TRUE(contains(told("yes"), "kind"));
  EXPECT_TRUE(contains(told(Config(good).set("columns", int64_t{1} << 40)), "columns"));
  EXPECT_TRUE(contains(told(Config(good).set("means", "AAAA")), "means: expected the 6 floats"));
  EXPECT_TRUE(contains(told(Config(good).set("threshold", nullptr)), "threshold"));

  UnknownDetectorParts parts = UnknownDetector::from_config(good).parts();
  parts.groups = {{.columns = 1}};
  parts.means = Tensor::full({2, 1}, 1);
  parts.directions = Tensor({0, 1});
  parts.variances.clear();
  parts.head = {.kernel = Tensor::full({1, 2}, 1), .bias = Tensor::full({2}, 0)};
  EXPECT_TRUE(contains(told(UnknownDetector(parts).to_config()),
                       "expected a last Dense of 1 columns, received 3"));
}

}  // namespace
}  // namespace thaw
