// Models that other people published: what they are fed is found, and they answer as in Keras.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <sstream>

#include "support/engine.h"
#include "support/golden_file.h"
#include "support/shared_files.h"
#include "thaw/task/predict_task.h"

namespace thaw {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

TEST(SharedModels, AnswerAsKerasDoesWithoutAFlag) {
  const testing::GoldenFile golden("task/shared_models.golden.gz");
  const auto photos = testing::shared_file("photos");
  const auto models = testing::shared_file("models");
  THAW_NEEDS_SHARED_FILE(photos);
  THAW_NEEDS_SHARED_FILE(models);
  for (const std::string& name : words(golden.text("models"))) {
    SCOPED_TRACE(name);
    const Tensor expected = golden.array(name + "/predictions");
    const auto classes = static_cast<size_t>(expected.shape()[1]);
    PredictTask task{.model = models / name, .top = static_cast<int>(classes)};
    for (const std::string& photo : words(golden.text("photos")))
      task.images.push_back((photos / photo).string());
    const auto predictions = task.run(testing::engine());
    ASSERT_EQ(std::ssize(predictions), expected.shape()[0]);
    for (size_t i = 0; i < predictions.size(); ++i) {
      ASSERT_EQ(predictions[i].error, "");
      ASSERT_EQ(predictions[i].guesses.size(), classes);
      // Names may come from a file beside the model, so values are compared by their order.
      std::vector<float> values(expected.values().begin() + i * classes,
                                expected.values().begin() + (i + 1) * classes);
      std::ranges::sort(values, std::greater());
      for (size_t k = 0; k < classes; ++k)
        EXPECT_NEAR(predictions[i].guesses[k].value, values[k], 1e-4) << "image " << i;
    }
  }
}

}  // namespace
}  // namespace thaw
