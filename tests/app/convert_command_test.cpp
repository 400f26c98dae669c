#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/applications/application.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/formats/model_file.h"
#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

class ConvertCommand : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder / name).string(); }
  ProgramRun convert(const std::string& in, const std::string& out,
                     std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"convert", path(in), path(out)};
    words.insert(words.end(), more.begin(), more.end());
    return run_thaw(words);
  }

  const testing::TemporaryFolder folder;
};

void expect_same_weights(const Functional& a, const Functional& b) {
  const auto left = a.variables();
  const auto right = b.variables();
  ASSERT_EQ(left.size(), right.size());
  for (size_t i = 0; i < left.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(left[i]->value().values(), right[i]->value().values())) << i;
}

/// Graph by its parameters, weights, what stands beside them, and how far training has come.
void expect_same(const ModelFile& a, const ModelFile& b) {
  expect_same_weights(a.model, b.model);
  EXPECT_EQ(a.model.count_trainable_parameters(), b.model.count_trainable_parameters());
  EXPECT_EQ(a.model.metadata(), b.model.metadata());
  ASSERT_TRUE(a.training && b.training);
  EXPECT_EQ(a.training->compile.to_string(), b.training->compile.to_string());
  ASSERT_TRUE(a.training->optimizer && b.training->optimizer);
  const OptimizerState& left = *a.training->optimizer;
  const OptimizerState& right = *b.training->optimizer;
  EXPECT_EQ(left.iterations, right.iterations);
  EXPECT_EQ(left.learning_rate, right.learning_rate);
  EXPECT_EQ(left.slots, right.slots);
  ASSERT_EQ(left.values.size(), right.values.size());
  for (size_t v = 0; v < left.values.size(); ++v) {
    for (size_t s = 0; s < left.slots.size(); ++s) {
      EXPECT_TRUE(std::ranges::equal(left.values[v][s].values(), right.values[v][s].values()))
          << v << " " << left.slots[s];
    }
  }
}

TEST_F(ConvertCommand, of_a_fine_tuned_model_and_back_loses_nothing) {
  testing::draw_images(folder / "images", 4, 1);
  testing::save_small_base(folder / "base.keras");
  const ProgramRun fit = run_thaw({"fit", path("images"), "--out", path("a.keras"), "--base",
                                   path("base.keras"), "--preprocessing", "torch", "--epochs", "1",
                                   "--fine-tune-epochs", "1", "--unfreeze", "2"});
  ASSERT_EQ(fit.exit_code, 0) << fit.errors;
  const ProgramRun there = convert("a.keras", "b.h5");
  ASSERT_EQ(there.exit_code, 0) << there.errors;
  EXPECT_EQ(there.errors, "");
  EXPECT_TRUE(contains(there.output, "1 step of training")) << there.output;
  ASSERT_EQ(convert("b.h5", "c.keras").exit_code, 0);
  const LoadOptions whole{.optimizer_slots = optimizer_slots};
  expect_same(read_model_file(folder / "a.keras", whole), read_model_file(folder / "b.h5", whole));
  expect_same(read_model_file(folder / "a.keras", whole),
              read_model_file(folder / "c.keras", whole));
}

TEST_F(ConvertCommand, says_what_weights_alone_leave_out) {
  testing::save_small_base(folder / "base.keras");
  const ProgramRun run = convert("base.keras", "base.weights.h5");
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "not kept: the graph")) << run.errors;
  const ProgramRun back = convert("base.weights.h5", "again.keras");
  EXPECT_EQ(back.exit_code, 1);
  EXPECT_TRUE(contains(back.errors, "--network")) << back.errors;
}

TEST_F(ConvertCommand, gives_weights_alone_their_network_with_or_without_its_top) {
  for (const bool include_top : {true, false}) {
    const Functional model = applications::create(*applications::find("squeezenet").first,
                                                  {.include_top = include_top, .weights = "none"});
    for (const char* weights : {"w.weights.h5", "w.h5"}) {
      save_weights(model, folder / weights);
      const ProgramRun run = convert(weights, "whole.keras", {"--network", "squeezenet"});
      ASSERT_EQ(run.exit_code, 0) << run.errors;
      expect_same_weights(load_model(folder / "whole.keras"), model);
    }
  }
  const ProgramRun other = convert("w.h5", "whole.keras", {"--network", "mobilenet_v2"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(contains(other.errors, "not the weights of mobilenet_v2")) << other.errors;
}

TEST_F(ConvertCommand, refuses_what_it_cannot_write_and_leaves_what_was_there) {
  testing::save_small_base(folder / "base.keras");
  write_file(folder / "there.h5", "old");
  EXPECT_EQ(convert("base.keras", "base.onnx").exit_code, 2);
  EXPECT_EQ(convert("no.keras", "there.h5").exit_code, 1);
  EXPECT_EQ(read_file(folder / "there.h5"), "old");
  EXPECT_EQ(convert("base.keras", "there.h5", {"--network", "squeezenet"}).exit_code, 2);
  EXPECT_EQ(read_file(folder / "there.h5"), "old");
}

}  // namespace
}  // namespace thaw
