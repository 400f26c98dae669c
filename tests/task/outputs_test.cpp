#include "thaw/task/outputs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/error_of.h"
#include "task/colour_model.h"
#include "thaw/core/error.h"
#include "thaw/formats/json.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/average.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/output_dictionary.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

Functional ending_in(const char* activation, int64_t units) {
  const Symbol image = input({8, 8, 3});
  const Symbol x = global_average_pooling_2d()(image);
  return {image, dense({.units = units, .activation = activation, .name = "out"})(x), "network"};
}

StatedLoss loss_from(const std::string& json) {
  if (json.empty()) return {};
  const Config compile = parse_json(R"({"loss": )" + json + "}");
  return stated_loss(&compile, 0, "out");
}

const char* const none = "";
const char* const logits =
    R"({"class_name": "CategoricalCrossentropy", "config": {"from_logits": true}})";
const char* const sparse_logits =
    R"({"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": true, "name": "x"}})";
const char* const binary_logits =
    R"({"class_name": "BinaryCrossentropy", "config": {"from_logits": true, "fn": "y"}})";
const char* const function = R"({"class_name": "function", "config": "hinge"})";

struct Case {
  const char* activation;
  int64_t units;
  std::string loss;
  OutputKind kind;
  Activation::Kind applied = Activation::Kind::linear;
  std::optional<float> threshold = {};
  const char* said = "";  ///< in the remark; empty: there is none
};

using Kind = Activation::Kind;
constexpr auto probabilities = OutputKind::probabilities;
constexpr auto independent = OutputKind::independent;
constexpr auto scores = OutputKind::scores;
constexpr auto value = OutputKind::value;
const std::vector<Case> cases = {
    {"softmax", 3, none, probabilities},
    {"softmax", 3, "\"categorical_crossentropy\"", probabilities},
    {"softmax", 3, logits, probabilities},  // Keras takes what stands before the softmax
    {"softmax", 1, none, probabilities, Kind::linear, {}, "1 for every image"},
    {"sigmoid", 1, "\"binary_crossentropy\"", probabilities, Kind::linear, 0.5F},
    {"sigmoid", 1, "\"mse\"", probabilities, Kind::linear, 0.5F},
    {"sigmoid", 3, "\"binary_crossentropy\"", independent, Kind::linear, {}, "need not add up"},
    {"hard_sigmoid", 3, none, independent, Kind::linear, {}, "need not add up"},
    {"linear", 3, logits, probabilities, Kind::softmax, {}, "of logits, so a softmax"},
    {"linear", 3, sparse_logits, probabilities, Kind::softmax, {}, "sparse_categorical"},
    {"linear", 1, binary_logits, probabilities, Kind::sigmoid, 0.5F, "so a sigmoid"},
    {"linear", 3, binary_logits, independent, Kind::sigmoid, {}, "each class's own"},
    {"linear", 3, "[" + std::string(logits) + "]", probabilities, Kind::softmax, {}, "softmax"},
    {"linear",
     3,
     R"({"out": )" + std::string(logits) + "}",
     probabilities,
     Kind::softmax,
     {},
     "softmax"},
    {"tanh", 3, logits, probabilities, Kind::softmax, {}, "softmax"},
    {"linear", 3, none, scores, Kind::linear, {}, "--activation softmax"},
    {"linear", 1, none, scores, Kind::linear, {}, "--activation sigmoid"},
    {"linear", 3, "\"categorical_crossentropy\"", scores, Kind::linear, {}, "no softmax"},
    {"linear", 3, "\"mse\"", scores, Kind::linear, {}, "shown as scores"},
    {"linear", 1, "\"mse\"", value, Kind::linear, {}, "a number, not a probability"},
    {"linear", 1, "\"MeanAbsoluteError\"", value, Kind::linear, {}, "mean_absolute_error"},
    {"relu", 1, "\"mae\"", value, Kind::linear, {}, "a number, not a probability"},
    {"linear", 1, "\"hinge\"", scores, Kind::linear, 0.0F, "above 0 the second class"},
    {"linear", 1, function, scores, Kind::linear, 0.0F, "compiled with hinge"},
    {"tanh", 1, "\"squared_hinge\"", scores, Kind::linear, 0.0F, "between -1 and 1"},
    {"linear", 3, "\"categorical_hinge\"", scores, Kind::linear, {}, "scores"},
    {"tanh", 3, "\"mse\"", scores, Kind::linear, {}, "between -1 and 1"},
    {"relu", 3, none, scores, Kind::linear, {}, "nothing says"},
    {"linear", 3, "\"my_own_loss\"", scores, Kind::linear, {}, "my_own_loss"},
    {"linear",
     3,
     R"({"class_name": "mine>Focal", "config": {}})",
     scores,
     Kind::linear,
     {},
     "compiled with focal,"},
};

TEST(Outputs, are_what_activation_and_loss_tell) {
  for (const Case& each : cases) {
    const OutputMeaning meaning =
        output_meaning(ending_in(each.activation, each.units), loss_from(each.loss), false);
    const std::string what =
        std::string(each.activation) + " " + std::to_string(each.units) + " " + each.loss;
    EXPECT_EQ(meaning.kind, each.kind) << what << ": " << meaning.remark;
    EXPECT_EQ(meaning.applied, each.applied) << what;
    EXPECT_EQ(meaning.columns, each.units) << what;
    EXPECT_FALSE(meaning.told_by_values) << what;
    if (each.units == 1 && each.activation != std::string("softmax")) {
      EXPECT_EQ(meaning.threshold, each.threshold) << what;
    }
    EXPECT_TRUE(contains(meaning.remark, each.said)) << what << ": " << meaning.remark;
    EXPECT_EQ(meaning.remark.empty(), each.said == std::string()) << what << ": " << meaning.remark;
  }
}

TEST(Outputs, are_what_is_asked_for_or_noted) {
  const Functional model = ending_in("linear", 3);
  EXPECT_EQ(output_meaning(model, {}, false, "softmax").applied, Activation::Kind::softmax);
  EXPECT_EQ(output_meaning(model, {}, false, "sigmoid").kind, OutputKind::independent);
  EXPECT_EQ(output_meaning(model, loss_from(logits), false, "none").kind, OutputKind::scores);
  model.metadata().set("activation", "softmax");
  EXPECT_EQ(output_meaning(model, {}, false).kind, OutputKind::probabilities);
  EXPECT_TRUE(output_meaning(model, {}, false).remark.empty());
  // One linear unit with two named classes: above 0 the second, as of a logit.
  EXPECT_EQ(output_meaning(ending_in("linear", 1), {}, true).threshold, 0.0F);
  // Trained on 0 and 1 by a regression's loss, as Keras's binary accuracy takes it.
  const OutputMeaning regression =
      output_meaning(ending_in("linear", 1), loss_from("\"mse\""), true);
  EXPECT_EQ(regression.kind, OutputKind::scores);
  EXPECT_EQ(regression.threshold, 0.5F);
}

TEST(Outputs, are_seen_through_what_changes_nothing) {
  const Symbol image = input({8, 8, 3});
  const Symbol map = conv_2d({.filters = 4, .kernel_size = 3})(image);
  const auto kind = [&](const Symbol& output) {
    return output_meaning({image, output}, {}, false).kind;
  };
  const Symbol maps = activation({.activation = "softmax"})(map);
  EXPECT_EQ(kind(global_average_pooling_2d()(maps)), OutputKind::probabilities);
  const Symbol vector = global_average_pooling_2d()(map);
  EXPECT_EQ(kind(vector), OutputKind::scores);  // a head that is a convolution
  EXPECT_EQ(kind(dropout({.rate = 0.5})(activation({.activation = "softmax"})(vector))),
            OutputKind::probabilities);
  const Symbol a = dense({.units = 1, .activation = "sigmoid"})(vector);
  const Symbol b = dense({.units = 2, .activation = "sigmoid"})(vector);
  EXPECT_EQ(kind(concatenate({.axis = -1})({a, b})), OutputKind::independent);
}

TEST(Outputs, of_layers_that_do_not_tell_are_told_by_their_values) {
  const Symbol image = input({8, 8, 3});
  const Symbol x = global_average_pooling_2d()(image);
  const Symbol mean = average()({dense({.units = 3, .activation = "softmax", .name = "a"})(x),
                                 dense({.units = 3, .activation = "softmax", .name = "b"})(x)});
  const OutputMeaning meaning = output_meaning({image, mean}, {}, false);
  const auto kind = [&](std::vector<float> row) { return meaning.kind_of(row); };
  EXPECT_EQ(kind({0.25F, 0.5F, 0.25F}), OutputKind::probabilities);
  EXPECT_EQ(kind({0.25F, 0.5F, 0.5F}), OutputKind::scores);
  EXPECT_EQ(kind({-0.25F, 0.75F, 0.5F}), OutputKind::scores);
  EXPECT_EQ(kind({NAN, 0.75F, 0.25F}), OutputKind::scores);
}

TEST(Outputs, of_a_network_without_a_top_are_an_error) {
  const Symbol image = input({8, 8, 3});
  const Symbol map =
      activation({.activation = "relu"})(conv_2d({.filters = 4, .kernel_size = 3})(image));
  const auto refusal = [&](const Symbol& output, bool names_known) {
    return error_of([&] { output_meaning({image, output, "base"}, {}, names_known); });
  };
  EXPECT_TRUE(contains(refusal(map, true),
                       "model \"base\" gives (6, 6, 4), which are no classes: expected a "
                       "classifier. A network without a top is trained to be one with thaw fit"))
      << refusal(map, true);
  EXPECT_TRUE(contains(refusal(global_average_pooling_2d()(map), false), "gives 4 features"));
  EXPECT_TRUE(contains(refusal(flatten()(map), false), "gives 144 features"));
  EXPECT_EQ(refusal(global_average_pooling_2d()(map), true), "");  // somebody named them
}

TEST(Outputs, are_chosen_by_name) {
  const Symbol image = input({8, 8, 3});
  const Symbol x = global_average_pooling_2d()(image);
  const Functional model({image},
                         {dense({.units = 3, .name = "kind"})(x),
                          dense({.units = 1, .activation = "sigmoid", .name = "spoilt"})(x)},
                         "two");
  EXPECT_EQ(output_names(model), (std::vector<std::string>{"kind", "spoilt"}));
  EXPECT_EQ(error_of<UsageError>([&] { choose_output(model, std::nullopt); }),
            "model \"two\" has 2 outputs: say which with --output: kind, spoilt");
  EXPECT_EQ(error_of<UsageError>([&] { choose_output(model, "size"); }),
            "--output: expected kind, spoilt, received \"size\"");
  const ChosenOutput chosen = choose_output(model, "spoilt");
  EXPECT_EQ(chosen.model.outputs().size(), 1U);
  EXPECT_EQ(chosen.remark, "output \"spoilt\" of kind, spoilt");
  const Config compile =
      parse_json(R"({"loss": {"kind": )" + std::string(sparse_logits) + R"(, "spoilt": "bce"}})");
  EXPECT_EQ(stated_loss(&compile, chosen.index, chosen.name).name, "binary_crossentropy");
  EXPECT_TRUE(stated_loss(&compile, 0, "kind").from_logits);
  const Config in_order = parse_json(R"({"loss": ["hinge", "bce"]})");
  EXPECT_EQ(stated_loss(&in_order, 1, "spoilt").name, "binary_crossentropy");
  EXPECT_EQ(choose_output(ending_in("linear", 2), std::nullopt).name, "out");
  const Layer shared = dense({.units = 2, .name = "shared"});
  EXPECT_EQ(
      output_names(Functional({image}, {shared(x), shared(activation({.activation = "relu"})(x))})),
      (std::vector<std::string>{"shared", "shared:1"}));
}

TEST(Outputs, of_a_dictionary_have_its_keys_for_names_and_their_layers_names_too) {
  const Symbol image = input({8, 8, 3});
  const Symbol x = global_average_pooling_2d()(image);
  const Functional inner(
      {image},
      {dense({.units = 3, .name = "a_layer"})(x), dense({.units = 2, .name = "b_layer"})(x)},
      "inner");
  const Symbol photo = input({8, 8, 3});
  const Symbol first = inner(photo);
  const Functional model({photo}, {first, Symbol(first.call(), 1)}, "outer");
  EXPECT_EQ(output_names(model), (std::vector<std::string>{"inner", "inner:1"}));
  EXPECT_EQ(choose_output(model, "b_layer").index, 1U);
  EXPECT_EQ(choose_output(model, "b_layer").model.outputs()[0].shape(), Shape{2});
  keep_output_dictionary(model, {"kind", "side"});
  EXPECT_EQ(output_names(model), (std::vector<std::string>{"kind", "side"}));
  EXPECT_EQ(choose_output(model, "side").index, 1U);
  EXPECT_EQ(choose_output(model, "a_layer").name, "kind");
  EXPECT_EQ(error_of<UsageError>([&] { choose_output(model, "inner"); }),
            "--output: expected kind, side, received \"inner\"");
  const Functional side = choose_output(model, "side").model;
  EXPECT_EQ(output_names(side), std::vector<std::string>{"inner"});
  EXPECT_EQ(side.get_layer("inner").nested()->outputs().size(), 1U) << "its part alone";
  EXPECT_EQ(side.outputs()[0].shape(), Shape{2});
}

TEST(Outputs, become_guesses) {
  const std::vector<std::string> names = {"a", "b", "c"};
  const std::vector<float> row = {0.25F, 0.5F, 0.25F};
  const auto of_three = guesses(row, {.columns = 3}, names, 2);
  ASSERT_EQ(of_three.size(), 2U);
  EXPECT_EQ(of_three[0].name, "b");
  EXPECT_EQ(of_three[1].name, "a");
  EXPECT_TRUE(of_three[0].is_probability());
  const std::vector<float> one = {0.75F};
  const auto of_one = guesses(one, {.columns = 1}, names, 5);
  EXPECT_EQ(of_one[0].name, "b");
  EXPECT_EQ(of_one[1].value, 0.25F);
  const std::vector<float> margin = {-2};
  const auto of_margin =
      guesses(margin, {.kind = OutputKind::scores, .columns = 1, .threshold = 0.0F}, names, 5);
  EXPECT_EQ(of_margin[0].name, "a");
  EXPECT_EQ(of_margin[0].value, 2);
  EXPECT_FALSE(of_margin[0].is_probability());
  const auto number = guesses(margin, {.kind = OutputKind::value, .columns = 1}, names, 5);
  ASSERT_EQ(number.size(), 1U);
  EXPECT_EQ(number[0].name, "");
  EXPECT_EQ(number[0].value, -2);
}

}  // namespace
}  // namespace thaw
