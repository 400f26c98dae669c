#include <gtest/gtest.h>

#include <cmath>

#include "app/small_images.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "task/colour_model.h"
#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/data/preprocessing.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/task/base_model.h"
#include "thaw/task/evaluate_task.h"
#include "thaw/task/fit_task.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

const char* const logits =
    R"({"class_name": "CategoricalCrossentropy", "config": {"from_logits": true}})";

struct Remarks : TaskEvents {
  std::string all;
  void on_remark(const std::string& remark) override { all += remark + "\n"; }
};

/// Models that tell colours, and images of them.
class JudgingTasks : public ::testing::Test {
 protected:
  JudgingTasks() { testing::draw_images(folder_ / "photos", 10, 3); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  void save(const std::string& name, const std::string& loss, const char* activation = nullptr) {
    const auto [image, colour] = testing::colour_model();
    const Symbol output =
        activation == nullptr ? colour : thaw::activation({.activation = activation})(colour);
    testing::save_compiled(testing::model_of(image, output), loss, folder_ / name);
  }

  EvaluateReport evaluate(const EvaluateTask& task) {
    remarks_.all.clear();
    return task.run(engine_, remarks_);
  }

  std::vector<ImagePrediction> predict(PredictTask task) {
    remarks_.all.clear();
    task.on_remark = [this](const std::string& remark) { remarks_.on_remark(remark); };
    return task.run(engine_);
  }

  testing::TemporaryFolder folder_;
  Engine engine_{{.threads = 2}};
  Remarks remarks_;
};

TEST_F(JudgingTasks, logits_and_probabilities_of_one_network_agree) {
  save("logits.keras", logits);
  save("softmax.keras", "\"categorical_crossentropy\"", "softmax");
  const auto of_logits = predict({.model = file("logits.keras"), .images = {file("photos")}});
  EXPECT_TRUE(contains(remarks_.all, "so a softmax makes probabilities")) << remarks_.all;
  const auto plain = predict({.model = file("softmax.keras"), .images = {file("photos")}});
  EXPECT_EQ(remarks_.all, "");
  ASSERT_EQ(of_logits.size(), 30U);
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(of_logits[i].guesses[0].name, plain[i].guesses[0].name);
    EXPECT_EQ(of_logits[i].guesses[0].value, plain[i].guesses[0].value);
    EXPECT_TRUE(of_logits[i].guesses[0].is_probability());
  }
  const auto judged = evaluate({.model = file("logits.keras"), .images = file("photos")});
  const auto plainly = evaluate({.model = file("softmax.keras"), .images = file("photos")});
  EXPECT_EQ(judged.logs.at(0).second, plainly.logs.at(0).second);
  EXPECT_EQ(judged.logs.at(1).second, 1.0);
}

TEST_F(JudgingTasks, one_logit_is_judged_at_0) {
  const auto [image, colour] = testing::colour_model();
  const Layer layer = dense({.units = 1, .name = "redder"});
  const Symbol output = layer(colour);
  const std::vector<float> kernel = {-1, 0, 1};  // red minus blue
  layer.variables()[0]->assign(Tensor::from({3, 1}, kernel));
  testing::save_compiled(testing::model_of(image, output),
                         R"({"class_name": "BinaryCrossentropy", "config": {"from_logits": true}})",
                         folder_ / "one.keras");
  std::filesystem::remove_all(folder_ / "photos/green");
  const auto seen = predict({.model = file("one.keras"), .images = {file("photos/red")}});
  // 90 of 255 levels more red than blue: a logit of about 4.5.
  EXPECT_EQ(seen[0].guesses[0].name, "class 1");
  EXPECT_NEAR(seen[0].guesses[0].value, 1 / (1 + std::exp(-4.5)), 0.01);
  const auto judged = evaluate({.model = file("one.keras"), .images = file("photos")});
  EXPECT_EQ(judged.logs.at(1).second, 1.0);
  EXPECT_TRUE(contains(remarks_.all, "blue = output 0, red = output 1")) << remarks_.all;
}

TEST_F(JudgingTasks, numbers_that_nothing_explains_are_scores) {
  save("unknown.keras", "");
  const auto seen = predict({.model = file("unknown.keras"), .images = {file("photos/red")}});
  EXPECT_FALSE(seen[0].guesses[0].is_probability());
  EXPECT_NEAR(seen[0].guesses[0].value, 8.5, 0.2);  // a mean of 79.5 + 90 levels, by 20
  EXPECT_TRUE(contains(remarks_.all, "nothing says what its outputs are")) << remarks_.all;
  const auto asked = predict({.model = file("unknown.keras"),
                              .images = {file("photos/red")},
                              .output = {.activation = "softmax"}});
  EXPECT_TRUE(asked[0].guesses[0].is_probability());
  EXPECT_GT(asked[0].guesses[0].value, 0.95F);
  const auto judged = evaluate({.model = file("unknown.keras"), .images = file("photos")});
  EXPECT_EQ(judged.logs.at(1).second, 1.0);
  EXPECT_LT(judged.logs.at(0).second, 0.1);
  EXPECT_TRUE(contains(remarks_.all, "of the scores as logits")) << remarks_.all;
}

TEST_F(JudgingTasks, a_loss_that_is_not_known_is_told) {
  save("hinge.keras", "\"categorical_hinge\"");
  const auto judged = evaluate({.model = file("hinge.keras"), .images = file("photos")});
  EXPECT_EQ(judged.logs.at(1).second, 1.0);
  EXPECT_TRUE(contains(remarks_.all, "loss categorical_hinge is none that thaw measures"))
      << remarks_.all;
}

TEST_F(JudgingTasks, folders_are_matched_by_the_names_given) {
  save("m.keras", "\"categorical_crossentropy\"", "softmax");
  const EvaluateTask unnamed{.model = file("m.keras"), .images = file("photos")};
  EXPECT_EQ(evaluate(unnamed).logs.at(1).second, 1.0);
  EXPECT_TRUE(contains(remarks_.all, "blue = output 0, green = output 1, red = output 2"));
  EvaluateTask named = unnamed;
  named.classes = "red,green,blue";
  EXPECT_NEAR(evaluate(named).logs.at(1).second, 1.0 / 3, 1e-12);
  EXPECT_TRUE(contains(remarks_.all, "no better than chance among 3 classes")) << remarks_.all;
  named.classes = "blue,green,red";
  EXPECT_EQ(evaluate(named).logs.at(1).second, 1.0);
  EXPECT_EQ(remarks_.all, "");
  std::filesystem::remove_all(folder_ / "photos/green");
  std::filesystem::remove_all(folder_ / "photos/blue");
  const EvaluateReport one = evaluate(named);
  EXPECT_EQ(one.images, 10);
  EXPECT_EQ(one.logs.at(1).second, 1.0);
  EXPECT_EQ(one.classes, (std::vector<std::string>{"blue", "green", "red"}));
  EXPECT_TRUE(contains(remarks_.all, "1 of the model's 3 classes: red")) << remarks_.all;
}

TEST_F(JudgingTasks, a_labels_file_beside_the_model_is_used_and_told) {
  save("m.keras", "\"categorical_crossentropy\"", "softmax");
  folder_.write("labels.txt", "0 blue\n1 green\n2 red\n");
  const auto seen = predict({.model = file("m.keras"), .images = {file("photos/red/0.bmp")}});
  EXPECT_EQ(seen[0].guesses[0].name, "red");
  EXPECT_TRUE(contains(remarks_.all, "labels.txt: blue, green, red")) << remarks_.all;
}

TEST_F(JudgingTasks, of_several_outputs_one_is_named) {
  const auto [image, colour] = testing::colour_model();
  Functional model({image},
                   {activation({.activation = "softmax", .name = "kind"})(colour),
                    dense({.units = 1, .activation = "sigmoid", .name = "spoilt"})(colour)},
                   "two");
  model.metadata() = testing::model_of(image, colour).metadata();
  testing::save_compiled(model, "[\"categorical_crossentropy\", \"binary_crossentropy\"]",
                         folder_ / "two.keras");
  PredictTask task{.model = file("two.keras"), .images = {file("photos/red/0.bmp")}};
  EXPECT_TRUE(contains(error_of<UsageError>([&] { predict(task); }), "kind, spoilt"));
  task.output.name = "kind";
  EXPECT_EQ(predict(task)[0].guesses[0].name, "class 2");
  EXPECT_TRUE(contains(remarks_.all, "output \"kind\" of kind, spoilt")) << remarks_.all;
  EXPECT_EQ(
      evaluate({.model = file("two.keras"), .images = file("photos"), .output = {.name = "kind"}})
          .logs.at(1)
          .second,
      1.0);
}

TEST_F(JudgingTasks, of_a_base_with_several_outputs_one_is_named) {
  const Symbol image = input({32, 32, 3}, "image");
  const auto branch = [&](int64_t filters, const char* name) {
    const Symbol map = conv_2d({.filters = filters, .kernel_size = 3})(image);
    return dense({.units = 3, .activation = "softmax", .name = name})(
        global_average_pooling_2d()(activation({.activation = "relu"})(map)));
  };
  const Functional two({image}, {branch(4, "kind"), branch(6, "place")}, "two");
  save_model(two, folder_ / "two.keras");
  const auto channels = [&](std::optional<std::string> output) {
    return base_model({.base = file("two.keras"), .output = std::move(output)})
        .outputs()[0]
        .shape()[2];
  };
  EXPECT_EQ(channels("kind"), 4);
  EXPECT_EQ(channels("place"), 6);
  EXPECT_TRUE(contains(error_of<UsageError>([&] { channels("size"); }), "kind, place"));
  FitTask fit{.source = {.images = file("photos")}, .base = {.base = file("two.keras")}};
  fit.form.preprocessing = preprocessing("none");
  fit.keep_head = true;
  EXPECT_TRUE(contains(error_of<UsageError>([&] { fit.run(engine_); }),
                       "say which with --output: kind, place"));
  fit.base.base = "mobilenet_v2";
  fit.base.output = "kind";
  EXPECT_TRUE(contains(error_of<UsageError>([&] { fit.run(engine_); }), "leave --output out"));
}

}  // namespace
}  // namespace thaw
