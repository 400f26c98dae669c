#include <gtest/gtest.h>

#include "support/shared_files.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

std::filesystem::path weights_folder() { return testing::shared_file("weights"); }

class SharedFiles : public ::testing::Test {
 protected:
  void SetUp() override { THAW_NEEDS_SHARED_FILE(weights_folder()); }
};

TEST_F(SharedFiles, a_mobilenet_of_keras_2_8_loads_whole) {
  const Functional model = load_model(weights_folder() / "mobilenet_v1_0.25_224.h5");
  EXPECT_EQ(model.name(), "mobilenet_0.25_224");
  EXPECT_EQ(model.count_parameters(), 475544);
  EXPECT_EQ(model.outputs()[0].shape(), (Shape{1000}));
}

TEST_F(SharedFiles, a_teachable_machine_export_loads_whole) {
  const Functional model = load_model(weights_folder() / "mobilenet_v2_0.35_224_teachable.h5");
  EXPECT_EQ(model.outputs()[0].shape(), (Shape{2}));
  ASSERT_EQ(model.layers().size(), 3U);
  EXPECT_EQ(model.get_layer("sequential_1").variables().size(), 260U);
}

TEST_F(SharedFiles, weights_alone_are_no_model) {
  EXPECT_THROW(load_model(weights_folder() / "squeezenet_1.1_notop.h5"), Error);
}

}  // namespace
}  // namespace thaw
