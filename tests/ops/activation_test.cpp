#include "thaw/ops/activation.h"

#include <gtest/gtest.h>

#include "thaw/core/config.h"

namespace thaw {
namespace {

Activation relu(float max_value, float negative_slope, float threshold) {
  Activation result = "relu";
  result.max_value = max_value;
  result.negative_slope = negative_slope;
  result.threshold = threshold;
  return result;
}

TEST(Activation, keeps_its_numbers_in_a_file) {
  constexpr float none = std::numeric_limits<float>::infinity();
  for (const Activation& activation :
       {Activation("relu6"), Activation("leaky_relu"), Activation("elu"), Activation("swish"),
        relu(0.05F, 0, 0), relu(6, 0.1F, 0), relu(3, 0.2F, 0), relu(none, 0, 1.5F)}) {
    const Config written = activation.to_config();
    EXPECT_EQ(Activation::from_config(written), activation) << written.to_string();
  }
  EXPECT_EQ(Activation("relu6").to_config(), Config("relu6"));
}

}  // namespace
}  // namespace thaw
