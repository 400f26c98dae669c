// How people build models, and what real Keras predicts: tools/golden/patterns.py.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "task/pattern.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

using testing::GoldenFile;
using testing::Pattern;

class Patterns : public ::testing::TestWithParam<Pattern> {};

TEST_P(Patterns, PredictAsKerasDoesWithoutAFlag) {
  const auto& [generation, name] = GetParam();
  const std::string home = "patterns/" + generation + "/";
  const GoldenFile golden(home + "patterns.golden.gz");
  const testing::TemporaryFolder folder;
  const std::filesystem::path model = testing::unpack(GetParam(), folder.path());

  const Tensor expected = golden.array(name + "/predictions");
  const int64_t columns = expected.shape()[1];
  PredictTask task{.model = model, .images = {}, .top = 3};
  for (int64_t i = 0; i < expected.shape()[0]; ++i)
    task.images.push_back(THAW_SOURCE_FOLDER "/tests/golden/patterns/images/" + std::to_string(i) +
                          ".png");
  Engine engine;
  const auto predictions = task.run(engine);
  ASSERT_EQ(std::ssize(predictions), expected.shape()[0]);
  for (size_t i = 0; i < predictions.size(); ++i) {
    ASSERT_EQ(predictions[i].error, "");
    std::map<std::string, float> found;
    for (const Guess& guess : predictions[i].guesses) found[guess.name] = guess.value;
    for (int64_t k = 0; k < columns; ++k) {
      const std::string label = "class " + std::to_string(columns == 1 ? 1 : k);
      ASSERT_TRUE(found.contains(label)) << label;
      EXPECT_NEAR(found[label], expected.values()[i * columns + k], 1e-4)
          << "image " << i << ", " << label;
    }
  }
}

TEST(PatternsTable, NamesEveryPattern) {
  std::ifstream file(THAW_SOURCE_FOLDER "/docs/formats.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const Pattern& pattern : testing::all_patterns())
    EXPECT_TRUE(testing::contains(text.str(), "| `" + pattern.name + "` |")) << pattern.name;
}

INSTANTIATE_TEST_SUITE_P(Every, Patterns, ::testing::ValuesIn(testing::all_patterns()),
                         [](const auto& one) {
                           return one.param.generation + "_" + one.param.name;
                         });

}  // namespace
}  // namespace thaw
