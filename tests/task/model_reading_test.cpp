#include "thaw/task/model_reading.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "thaw/core/error.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

TEST(ModelReading, takes_expressions_of_lambda_layers_by_name) {
  ModelReading reading;
  OptionList options;
  reading.describe(options);
  const Option* lambda = options.find("lambda");
  ASSERT_NE(lambda, nullptr);
  lambda->set("lambda_1=x/127.5-1; prep = x - [1, 2, 3]");
  EXPECT_EQ(reading.lambdas,
            (LambdaExpressions{{"lambda_1", "x/127.5-1"}, {"prep", "x - [1, 2, 3]"}}));
  EXPECT_EQ(lambda->get(), Config("lambda_1=x/127.5-1; prep=x - [1, 2, 3]"));
  LoadOptions load;
  reading.add_to(load);
  EXPECT_EQ(load.lambdas, reading.lambdas);
  for (const char* text : {"", "x/255", "=x", "a=x;"}) {
    const std::string message = testing::error_of<UsageError>([&] { lambda->set(text); });
    EXPECT_TRUE(testing::contains(message, "expected a layer's name and what it computes"))
        << text << ": " << message;
  }
}

}  // namespace
}  // namespace thaw
