#include "thaw/graph/fields.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

Activation relu(float max_value, float negative_slope, float threshold) {
  Activation result = "relu";
  result.max_value = max_value;
  result.negative_slope = negative_slope;
  result.threshold = threshold;
  return result;
}

TEST(Fields, an_activation_keeps_its_numbers) {
  constexpr float none = std::numeric_limits<float>::infinity();
  for (const Activation& activation :
       {Activation("relu6"), Activation("leaky_relu"), Activation("elu"), Activation("swish"),
        relu(0.05F, 0, 0), relu(6, 0.1F, 0), relu(3, 0.2F, 0), relu(none, 0, 1.5F)}) {
    const Config written = fields::write(activation);
    Activation read;
    fields::read(written, read);
    EXPECT_EQ(read, activation) << written.to_string();
  }
  EXPECT_EQ(fields::write(Activation("relu6")), Config("relu6"));
}

}  // namespace
}  // namespace thaw
