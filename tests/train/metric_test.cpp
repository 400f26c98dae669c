// Metrics against Keras's values (tools/golden/train_metrics.py), and how a Meter keeps them.

#include "thaw/train/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "support/error_of.h"
#include "thaw/train/meter.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

/// Targets and outputs of one kind, in two batches.
struct Data {
  std::vector<float> targets;
  std::vector<float> outputs;
  int64_t columns = 1;
  int64_t target_columns = 1;
  Activation::Kind left_off = Activation::Kind::linear;

  std::vector<MetricValue> through(const std::string& text) const {
    const Choice choice = parse_choice(text);
    const auto metric =
        metric_types::find(choice.name, columns, target_columns).make(choice.options);
    std::vector<double> sums(metric->sums(columns));
    const auto rows = static_cast<int64_t>(outputs.size()) / columns;
    for (const auto& [first, last] : {std::pair{int64_t{0}, rows / 3}, std::pair{rows / 3, rows}}) {
      const auto part = [&](const std::vector<float>& all, int64_t width) {
        return std::span(all).subspan(static_cast<size_t>(first * width),
                                      static_cast<size_t>((last - first) * width));
      };
      metric->add({.outputs = part(outputs, columns),
                   .targets = part(targets, target_columns),
                   .rows = last - first,
                   .columns = columns,
                   .target_columns = target_columns,
                   .left_off = left_off},
                  sums);
    }
    return metric->values(sums);
  }
};

struct Golden {
  std::map<std::string, Data> data;
  struct Case {
    std::string metric;
    std::string data;
    std::vector<double> values;
  };
  std::vector<Case> cases;

  Golden() {
    std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/metrics.txt");
    std::map<std::string, std::vector<float>> given;
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string metric;
      std::string name;
      words >> metric >> name;
      std::vector<double> values;
      for (double value = 0; words >> value;) values.push_back(value);
      if (metric == "data") {
        given[name].assign(values.begin(), values.end());
      } else if (metric != "#") {
        cases.push_back({metric, name, values});
      }
    }
    std::vector<float> vectors(4 * given["numbers"].size());
    for (size_t row = 0; row < given["numbers"].size(); ++row)
      vectors[4 * row + static_cast<size_t>(given["numbers"][row])] = 1;
    data["vectors"] = {vectors, given["outputs"], 4, 4};
    data["numbers"] = {given["numbers"], given["outputs"], 4, 1};
    data["column"] = {given["labels"], given["column"], 1, 1};
  }
};

TEST(Metric, values_agree_with_keras) {
  const Golden golden;
  for (const auto& expected : golden.cases) {
    const auto values = golden.data.at(expected.data).through(expected.metric);
    ASSERT_EQ(values.size(), expected.values.size()) << expected.metric;
    // Keras counts and divides in float32.
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i].value, expected.values[i], 1e-6) << expected.metric << expected.data;
  }
}

TEST(Metric, that_keras_has_has_golden_values) {
  const Golden golden;
  for (const MetricType* type : metric_types::all()) {
    if (type->class_name.empty()) continue;
    EXPECT_TRUE(std::ranges::any_of(
        golden.cases, [&](const auto& c) { return parse_choice(c.metric).name == type->name; }))
        << type->name << ": add cases to tools/golden/train_metrics.py";
  }
}

/// Logits whose softmax or sigmoid was left off are what the model would have given.
TEST(Metric, sees_through_the_activation_left_off) {
  const Golden golden;
  for (const char* kind : {"vectors", "numbers", "column"}) {
    Data logits = golden.data.at(kind);
    const bool one = logits.columns == 1;
    logits.left_off = one ? Activation::Kind::sigmoid : Activation::Kind::softmax;
    Data plain = logits;
    plain.left_off = Activation::Kind::linear;
    const BatchResult batch{.outputs = logits.outputs,
                            .rows = std::ssize(logits.outputs) / logits.columns,
                            .columns = logits.columns,
                            .left_off = logits.left_off};
    plain.outputs = batch.model_outputs();
    for (const MetricType* type : metric_types::all()) {
      const bool fits = one ? type->name != "categorical_accuracy"
                            : type->name != "binary_accuracy" &&
                                  (type->name.starts_with("sparse")  ? logits.target_columns == 1
                                   : type->name.starts_with("categ") ? logits.target_columns == 4
                                                                     : true);
      if (!fits) continue;
      const auto a = logits.through(std::string(type->name));
      const auto b = plain.through(std::string(type->name));
      ASSERT_EQ(a.size(), b.size());
      for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].value, b[i].value) << type->name << kind;
    }
  }
}

TEST(Metric, top_k_takes_one_column_for_two_classes) {
  const Data column{.targets = {0, 1, 1}, .outputs = {.2F, .4F, .7F}};
  EXPECT_NEAR(column.through("top_k_categorical_accuracy@k=1")[0].value, 2. / 3, 1e-12);
  EXPECT_EQ(column.through("top_k_categorical_accuracy")[0].value, 1);
}

TEST(Metric, confusion_matrix_counts_what_was_taken_for_what) {
  const Data data{.targets = {0, 1, 2, 2, 1},
                  .outputs = {.8F, .1F, .1F, .6F, .3F, .1F, 0, .1F, .9F, .2F, .5F, .3F, 0, 1, 0},
                  .columns = 3};
  const auto values = data.through("confusion_matrix");
  const double expected[] = {1, 0, 0, 1, 1, 0, 0, 1, 1};
  ASSERT_EQ(values.size(), 9U);
  for (size_t i = 0; i < 9; ++i) EXPECT_EQ(values[i].value, expected[i]) << values[i].place;
  EXPECT_EQ(values[5].place, "[1][2]");
  const Data column{.targets = {0, 1, 1}, .outputs = {.2F, .4F, .7F}};
  EXPECT_EQ(column.through("confusion_matrix")[2].value, 1) << "class 1 taken for class 0";
}

TEST(Metric, of_a_wrong_name_or_option_is_refused_with_those_there_are) {
  EXPECT_TRUE(contains(error_of<UsageError>([] { check_metric("acuracy"); }), "f1_score"));
  EXPECT_TRUE(contains(error_of<UsageError>([] { check_metric("f1_score@beta=2"); }),
                       "average, threshold"));
  EXPECT_TRUE(
      contains(error_of<UsageError>([] { check_metric("recall@thresholds=high"); }), "thresholds"));
  EXPECT_TRUE(contains(error_of<UsageError>([] { check_metric("accuracy@k=2"); }), "no options"));
  check_metric("accuracy");
  check_metric("top_k_categorical_accuracy@k=3");
  const Golden golden;
  EXPECT_TRUE(contains(error_of([&] { golden.data.at("vectors").through("f1_score@average=all"); }),
                       "weighted"));
  EXPECT_TRUE(
      contains(error_of([&] { golden.data.at("vectors").through("auc@curve=ROK"); }), "PR"));
}

TEST(Metric, says_which_way_is_better) {
  EXPECT_TRUE(larger_is_better("val_accuracy"));
  EXPECT_TRUE(larger_is_better("f1_score[2]"));
  EXPECT_FALSE(larger_is_better("val_loss"));
  EXPECT_TRUE(contains(error_of([] { larger_is_better("val_confusion_matrix[0][1]"); }), "mode"));
}

TEST(Choice, is_a_name_with_options) {
  const Choice choice = parse_choice("auc@curve=PR,num_thresholds=100");
  EXPECT_EQ(choice.name, "auc");
  EXPECT_EQ(choice.options.at("num_thresholds"), Config(100));
  EXPECT_EQ(choice.to_string(), "auc@curve=PR,num_thresholds=100");
  EXPECT_EQ(split_choices("accuracy,auc@curve=PR,num_thresholds=100,recall"),
            (std::vector<std::string>{"accuracy", "auc@curve=PR,num_thresholds=100", "recall"}));
  EXPECT_NE(error_of<UsageError>([] { parse_choice("auc@curve"); }), "");
  EXPECT_NE(error_of<UsageError>([] { parse_choice("auc@curve=PR,curve=PR"); }), "");
}

class MeterOfAll : public ::testing::Test {
 protected:
  static constexpr int64_t rows = 24;

  MeterOfAll() {
    targets.values = Tensor::zeros({rows, 3});
    for (int64_t i = 0; i < rows; ++i) {
      targets.values.values()[static_cast<size_t>(3 * i + i % 3)] = 1;
      samples.push_back(i);
      for (int64_t k = 0; k < 3; ++k)
        outputs.values()[static_cast<size_t>(3 * i + k)] = static_cast<float>((i * 7 + k * 5) % 11);
    }
  }

  static Meter meter() {
    return Meter("categorical_crossentropy",
                 {"accuracy", "auc", "f1_score", "precision", "recall", "confusion_matrix"},
                 Activation::Kind::softmax);
  }
  void add(Meter& to, int64_t first, int64_t count) const {
    to.add(outputs.rows(first, count), targets,
           std::span(samples).subspan(static_cast<size_t>(first), static_cast<size_t>(count)), {});
  }

  Targets targets;
  Tensor outputs{Shape{rows, 3}};
  std::vector<int64_t> samples;
};

TEST_F(MeterOfAll, goes_on_from_its_sums_to_the_same_numbers) {
  Meter whole = meter();
  for (int64_t first = 0; first < rows; first += 8) add(whole, first, 8);
  Meter first = meter();
  add(first, 0, 8);
  Meter second = meter();
  second.restore(first.sums());
  add(second, 8, 8);
  add(second, 16, 8);
  EXPECT_EQ(whole.logs(), second.logs());
  EXPECT_EQ(whole.logs().size(), 1U + 1 + 1 + 3 + 1 + 1 + 9);
  EXPECT_EQ(whole.logs("val_")[3].first, "val_f1_score[0]");
  whole.reset();
  for (int64_t at = 0; at < rows; at += 8) add(whole, at, 8);
  EXPECT_EQ(whole.logs(), second.logs());
}

TEST_F(MeterOfAll, refuses_sums_of_other_metrics) {
  Meter other("categorical_crossentropy", {"accuracy"}, Activation::Kind::softmax);
  add(other, 0, 8);
  Meter again = meter();
  again.restore(other.sums());
  EXPECT_TRUE(contains(error_of([&] { add(again, 8, 8); }), "metrics"));
}

}  // namespace
}  // namespace thaw
