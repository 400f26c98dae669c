// Files that Keras wrote, and what it made of them: tools/golden/keras_files.py. Keras 3.15 itself
// cannot read all of those that Keras 2.15 wrote.

#include <gtest/gtest.h>

#include <fstream>

#include "support/engine.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/data/array_dataset.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::difference;

struct KerasFile {
  const char* version;
  const char* name;
  const char* ending;
};

std::ostream& operator<<(std::ostream& stream, const KerasFile& file) {
  return stream << file.version << "/" << file.name << file.ending;
}

class KerasFiles : public ::testing::TestWithParam<KerasFile> {
 protected:
  std::string home() const { return std::string("keras_files/") + GetParam().version + "/"; }

  std::filesystem::path unzip(const std::string& name) const {
    std::ofstream(folder / name, std::ios::binary) << testing::unzip_golden(home() + name + ".gz");
    return folder / name;
  }
  Tensor golden(const char* what) const {
    const bool averages = std::string_view(GetParam().name).starts_with("averaged");
    return testing::GoldenFile(home() + (averages ? "averaged" : "whole") + ".golden.gz")
        .array(GetParam().name + std::string("/") + what);
  }
  std::string name() const { return std::string(GetParam().name) + GetParam().ending; }

  static Tensor targets() {
    Tensor y = Tensor::zeros({8, 3});
    for (int64_t i = 0; i < 8; ++i) y.values()[static_cast<size_t>(3 * i + i % 3)] = 1;
    return y;
  }

  const testing::TemporaryFolder folder;
};

/// A few units in the last place of probabilities.
constexpr float tolerance = 2e-6F;
/// The update of Adam and RMSprop is a quotient of small numbers.
constexpr float tolerance_after_a_step = 2e-5F;

TEST_P(KerasFiles, predict_and_train_on_as_in_keras) {
  std::vector<std::string> dropped;
  const Model model = Model::load(unzip(name()), {}, &dropped);
  EXPECT_EQ(dropped, std::vector<std::string>{});
  ASSERT_NE(model.compiled(), nullptr);
  EXPECT_EQ(model.compiled()->loss.name, "categorical_crossentropy");
  EXPECT_EQ(model.compiled()->metrics, std::vector<std::string>{"accuracy"});
  EXPECT_EQ(model.compiled()->optimizer.iterations(), 3);
  const Tensor x = golden("x");
  const auto before = difference(golden("before"), model.predict(testing::engine(), x));
  EXPECT_LT(before.largest, tolerance) << before.to_string();
  model.fit(testing::engine(), ArrayDataset(x, targets()), {.batch_size = 8, .shuffle = false});
  const auto after = difference(golden("after"), model.predict(testing::engine(), x));
  EXPECT_LT(after.largest, tolerance_after_a_step) << after.to_string();
  EXPECT_GT(difference(golden("before"), golden("after")).largest, 100 * tolerance_after_a_step)
      << "the step changes nothing, so this shows nothing";
}

TEST_P(KerasFiles, come_through_both_of_thaws_forms_with_all_that_is_in_them) {
  const Model model = Model::load(unzip(name()));
  const Tensor x = golden("x");
  for (const char* form : {"again.h5", "again.keras"}) {
    model.save(folder / form);
    std::vector<std::string> dropped;
    const Model again = Model::load(folder / form, {}, &dropped);
    EXPECT_EQ(dropped, std::vector<std::string>{}) << form;
    EXPECT_EQ(again.class_name(), model.class_name()) << form;
    again.fit(testing::engine(), ArrayDataset(x, targets()), {.batch_size = 8, .shuffle = false});
    const auto after = difference(golden("after"), again.predict(testing::engine(), x));
    EXPECT_LT(after.largest, tolerance_after_a_step) << form << ": " << after.to_string();
  }
}

constexpr KerasFile whole_files[] = {{"2.15", "functional", ".h5"},
                                     {"2.15", "functional", ".keras"},
                                     {"2.15", "sequential", ".h5"},
                                     {"2.15", "sequential", ".keras"},
                                     {"2.15", "nested", ".h5"},
                                     {"2.15", "nested", ".keras"},
                                     {"2.15", "functional_legacy", ".h5"},
                                     {"3.15", "functional", ".h5"},
                                     {"3.15", "functional", ".keras"},
                                     {"3.15", "sequential", ".h5"},
                                     {"3.15", "sequential", ".keras"},
                                     {"3.15", "nested", ".h5"},
                                     {"3.15", "nested", ".keras"},
                                     {"2.15", "averaged_adam", ".keras"},
                                     {"2.15", "averaged_sgd", ".keras"},
                                     {"2.15", "averaged_adam", ".h5"},
                                     {"2.15", "averaged_sgd", ".h5"},
                                     {"3.15", "averaged_adam", ".keras"},
                                     {"3.15", "averaged_sgd", ".keras"},
                                     {"3.15", "averaged_adam", ".h5"},
                                     {"3.15", "averaged_sgd", ".h5"}};

std::string test_name(const ::testing::TestParamInfo<KerasFile>& info) {
  std::string name = ::testing::PrintToString(info.param);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return "of_" + name;
}

INSTANTIATE_TEST_SUITE_P(Whole, KerasFiles, ::testing::ValuesIn(whole_files), test_name);

/// Weights alone, for the model of the whole file of that name.
class KerasWeights : public KerasFiles {};

TEST_P(KerasWeights, go_into_the_model_they_belong_to) {
  const Model model(load_model(unzip(GetParam().name + std::string(".keras"))));
  for (const VariablePtr& variable : model.variables())
    variable->assign(Tensor::zeros(variable->shape()));
  const WeightsReport report = load_weights(model, unzip(name()));
  EXPECT_EQ(report.loaded, std::ssize(model.variables()));
  EXPECT_TRUE(report.missing.empty() && report.skipped.empty());
  const auto before = difference(golden("before"), model.predict(testing::engine(), golden("x")));
  EXPECT_LT(before.largest, tolerance) << before.to_string();
}

constexpr KerasFile weights_files[] = {
    {"2.15", "functional", ".weights_only.h5"}, {"2.15", "sequential", ".weights_only.h5"},
    {"2.15", "nested", ".weights_only.h5"},     {"3.15", "functional", ".weights.h5"},
    {"3.15", "sequential", ".weights.h5"},      {"3.15", "nested", ".weights.h5"}};

INSTANTIATE_TEST_SUITE_P(Alone, KerasWeights, ::testing::ValuesIn(weights_files), test_name);

}  // namespace
}  // namespace thaw
