#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "support/error_of.h"
#include "thaw/core/error.h"
#include "thaw/train/loss.h"
#include "thaw/train/optimizer.h"

namespace thaw {
namespace {

std::string golden_file() {
  return std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/steps.txt";
}

/// Lines "name number…" written by tools/golden/train_steps.py.
std::vector<float> golden(const std::string& wanted) {
  std::ifstream file(golden_file());
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != wanted) continue;
    std::vector<float> values;
    for (float value = 0; words >> value;) values.push_back(value);
    return values;
  }
  throw Error("no golden values for " + wanted);
}

/// The names of all lines of `type`: its name, or that with options.
std::vector<std::string> golden_names(const std::string& type) {
  std::ifstream file(golden_file());
  std::vector<std::string> names;
  std::string line;
  while (std::getline(file, line)) {
    const std::string name = line.substr(0, line.find(' '));
    if (name.substr(0, name.find('@')) == type || name == type + "_logits") names.push_back(name);
  }
  return names;
}

void expect_loss(const std::string& golden_name, const Loss& loss) {
  const bool logits = golden_name.ends_with("_logits");
  const std::vector<float> x = logits ? std::vector<float>{1.5F, -0.5F, 0.25F, -2, 0.75F, 3}
                                      : std::vector<float>{.2F, .5F, .1F, .1F, .3F, .7F};
  const LossType& type = loss_types::find(loss.name);
  const std::vector<float> targets =
      type.sparse_targets ? std::vector<float>{1, 2} : std::vector<float>{0, 1, 0, .2F, .3F, .5F};
  const std::vector<float> weights = {2, 0.5F};
  std::vector<float> gradient(6);
  const double value = make_loss(loss)->run({.outputs = x,
                                             .targets = targets,
                                             .weights = weights,
                                             .rows = 2,
                                             .columns = 3,
                                             .target_columns = type.sparse_targets ? 1 : 3},
                                            gradient);
  const auto expected = golden(golden_name);
  ASSERT_EQ(expected.size(), 7U);
  // Keras computes in float32: a few units in its last place.
  EXPECT_NEAR(value, expected[0], 2e-6) << golden_name;
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(gradient[i], expected[i + 1], 2e-6) << golden_name;
}

/// Lines called as a loss is, with its options, and ending in "_logits" where it is given those.
TEST(Loss, values_and_gradients_agree_with_keras) {
  for (const LossType* type : loss_types::all()) {
    const std::vector<std::string> names = golden_names(std::string(type->name));
    EXPECT_FALSE(names.empty()) << type->name << ": add cases to tools/golden/train_steps.py";
    for (const std::string& name : names) {
      const std::string_view text(name);
      expect_loss(name, Loss(text.substr(0, text.rfind("_logits"))));
    }
  }
}

TEST(Loss, has_options_of_its_own_and_no_others) {
  const Loss loss("categorical_crossentropy", {{"label_smoothing", 0.1}});
  EXPECT_EQ(loss.options, Loss("categorical_crossentropy@label_smoothing=0.1").options);
  EXPECT_EQ(make_loss(loss)->options().as_map().size(), 1U);
  const auto refused = [](const char* text) {
    return testing::error_of<UsageError>([&] { make_loss(text); });
  };
  EXPECT_TRUE(testing::contains(refused("mean_squared_error@label_smoothing=0.1"), "no options"));
  EXPECT_TRUE(testing::contains(refused("sparse_categorical_crossentropy@label_smoothing=0.1"),
                                "from_logits"));
  EXPECT_TRUE(testing::contains(refused("hinge"), "mean_squared_error"));
}

void expect_trajectory(const std::string& golden_name, Optimizer optimizer) {
  const auto variable =
      std::make_shared<Variable>("w", Shape{3}, true, [](uint64_t) { return Tensor::zeros({3}); });
  variable->assign(Tensor::from({3}, std::vector<float>{1, -2, 0.5F}));
  const std::vector<VariablePtr> variables = {variable};
  optimizer.build(variables);
  Threads threads(1);
  for (int k = 0; k < 3; ++k) {
    const auto step = static_cast<float>(k);
    std::vector<Tensor> gradients = {
        Tensor::from({3}, std::vector<float>{0.5F + step, -0.25F, 0.1F * step})};
    optimizer.apply(gradients, threads);
  }
  EXPECT_EQ(optimizer.iterations(), 3);
  optimizer.finalize_variable_values();
  const auto expected = golden(golden_name);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(variable->value().values()[i], expected[i], 2e-6) << golden_name;
}

/// Lines called as an optimizer is, with its options.
TEST(Optimizer, trajectories_agree_with_keras) {
  for (const OptimizerType* type : optimizer_types::all()) {
    const std::vector<std::string> names = golden_names(std::string(type->name));
    EXPECT_FALSE(names.empty()) << type->name << ": add cases to tools/golden/train_steps.py";
    for (const std::string& name : names) expect_trajectory(name, make_optimizer(name, 0.1));
  }
}

TEST(Optimizer, has_options_of_its_own_and_no_others) {
  const auto refused = [](const char* text) {
    return testing::error_of<UsageError>([&] { make_optimizer(text); });
  };
  EXPECT_EQ(make_optimizer("sgd@learning_rate=0.5,momentum=0.9", 0.1).learning_rate(), 0.5);
  EXPECT_EQ(make_optimizer("rmsprop").config().at("rho"), Config(0.9));
  EXPECT_TRUE(testing::contains(refused("sgd@beta_1=0.9"), "momentum, nesterov"));
  EXPECT_TRUE(testing::contains(refused("adam@amsgrad=true"), "amsgrad"));
  EXPECT_TRUE(testing::contains(refused("sgd@momentum=2"), "0 to 1"));
  EXPECT_TRUE(testing::contains(refused("adam@use_ema=true,ema_momentum=2"), "0 to 1"));
  EXPECT_TRUE(
      testing::contains(refused("adam@use_ema=true,ema_overwrite_frequency=0"), "1 or more"));
  EXPECT_TRUE(testing::contains(refused("ftrl"), "adagrad, adam, adamw, lion, rmsprop, sgd"));
}

/// Lines "KIND WARMUP STEPS RATE…" of what `by` gives; the rate is multiplied by 0.05.
void expect_rates(const std::string& by, double tolerance) {
  std::ifstream file(std::string(THAW_SOURCE_FOLDER) + "/tests/golden/train/learning_rates." + by +
                     ".txt");
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    ++lines;
    std::istringstream words(line);
    std::string kind;
    double warmup = 0;
    LearningRateSchedule schedule;
    words >> kind >> warmup >> schedule.steps;
    schedule.kind = kind == "cosine" ? ScheduleKind::cosine : ScheduleKind::one_cycle;
    schedule.warmup = warmup;
    int64_t step = 0;
    for (double rate = 0; words >> rate; ++step)
      EXPECT_NEAR(0.05 * schedule.factor(step), rate, tolerance) << line.substr(0, 20) << step;
    EXPECT_EQ(step, schedule.steps + 3) << line;
  }
  EXPECT_GT(lines, 5) << by;
}

/// Keras computes in float32.
TEST(LearningRateSchedule, has_the_rates_of_keras_and_of_pytorch_at_every_step) {
  expect_rates("keras", 1e-8);
  expect_rates("torch", 1e-15);
}

TEST(LearningRateSchedule, of_any_numbers_rises_from_0_and_stays_between_0_and_1) {
  for (const ScheduleKind kind :
       {ScheduleKind::constant, ScheduleKind::cosine, ScheduleKind::one_cycle}) {
    for (const double warmup : {0.0, 0.01, 0.5, 0.999}) {
      for (const int64_t steps : {1, 2, 3, 100}) {
        const LearningRateSchedule schedule{kind, warmup, steps};
        double largest = 0;
        for (int64_t step = 0; step < steps + 2; ++step) {
          const double factor = schedule.factor(step);
          EXPECT_TRUE(factor >= 0 && factor <= 1) << steps << " " << warmup << " " << step;
          largest = std::max(largest, factor);
        }
        const bool has_top = warmup == 0 || kind == ScheduleKind::constant;
        EXPECT_TRUE(largest == 1 || !has_top) << steps << " " << warmup;
      }
    }
    EXPECT_EQ(LearningRateSchedule({kind, 0.5, 0}).factor(7), 1);
  }
}

/// Multiplied by the schedule and by each variable's own factor.
TEST(Optimizer, has_a_rate_by_step_and_by_variable) {
  std::vector<VariablePtr> variables;
  for (const char* name : {"upper", "lower"})
    variables.push_back(std::make_shared<Variable>(name, Shape{1}, true,
                                                   [](uint64_t) { return Tensor::zeros({1}); }));
  Optimizer optimizer = make_optimizer("sgd", 0.5);
  optimizer.set_schedule({ScheduleKind::constant, 0.5, 8});
  optimizer.set_rate_factors({{variables[1], 0.25}});
  optimizer.build(variables);
  Threads threads(1);
  double upper = 0;
  double lower = 0;
  for (int step = 0; step < 6; ++step) {
    const double rate = 0.5 * std::min(step / 4.0, 1.0);
    EXPECT_EQ(optimizer.current_learning_rate(), rate);
    std::vector<Tensor> gradients = {Tensor::full({1}, 1), Tensor::full({1}, 1)};
    optimizer.apply(gradients, threads);
    upper -= rate;
    lower -= rate / 4;
  }
  EXPECT_EQ(optimizer.learning_rate(), 0.5);
  EXPECT_EQ(variables[0]->value().values()[0], static_cast<float>(upper));
  EXPECT_EQ(variables[1]->value().values()[0], static_cast<float>(lower));
}

/// As many slots as one likes, each whole, whatever the size of what threads take at once.
class ManySlots final : public UpdateRule {
 public:
  std::vector<OptimizerSlot> slots() const override {
    return {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}, {"f", 6}};
  }
  Config config() const override { return Config(Config::Map{}); }
  void update(std::span<float> values, std::span<const float>, std::span<float* const> slots,
              const OptimizerStep&) const override {
    for (size_t i = 0; i < values.size(); ++i)
      for (float* slot : slots) values[i] += slot[i];
  }
};

TEST(Optimizer, may_keep_any_number_of_slots) {
  const int64_t count = 100000;
  const auto variable = std::make_shared<Variable>(
      "w", Shape{count}, true, [=](uint64_t) { return Tensor::zeros({count}); });
  Optimizer optimizer("many", 0.1, {}, std::make_unique<ManySlots>());
  optimizer.build({{variable}});
  Threads threads(2);
  std::vector<Tensor> gradients = {Tensor::zeros({count})};
  optimizer.apply(gradients, threads);
  for (const float value : variable->value().values()) ASSERT_EQ(value, 1 + 2 + 3 + 4 + 5 + 6);
}

}  // namespace
}  // namespace thaw
