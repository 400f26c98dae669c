// Networks against Keras at two image sizes and several widths, with weights from a seed and
// statistics that were measured; families_test.cpp has every network at one.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

/// Command-line names, as tools/golden/networks.py lists them.
constexpr const char* networks[] = {
    "mobilenet",   "mobilenet@alpha=0.25", "mobilenet_v2", "mobilenet_v2@alpha=0.35",
    "resnet50_v2", "resnet101_v2",         "resnet152_v2", "mobilenet_v2@alpha=1.3",
    "squeezenet"};

class Network : public ::testing::TestWithParam<const char*> {
 protected:
  Functional make(const Shape& input_shape, bool include_top) const {
    auto [application, options] = applications::find(GetParam());
    options.weights = "none";
    options.input_shape = input_shape;
    options.include_top = include_top;
    options.classes = 10;
    return applications::create(*application, options);
  }

  void assign(const Functional& model) const {
    for (const Layer& layer : model.layers()) {
      for (const auto& variable : layer.variables())
        variable->assign(golden_.array("weight/" + layer.name() + "/" + variable->name()));
    }
  }

  const GoldenFile golden_{std::string("networks/") + GetParam() + ".golden.gz"};
};

TEST_P(Network, gives_what_keras_gives_at_two_image_sizes) {
  const auto device = cpu_device({.threads = 2});
  for (const std::string size : {"size0/", "size1/"}) {
    const Tensor x = golden_.array(size + "x");
    for (const bool include_top : {false, true}) {
      SCOPED_TRACE(x.shape().to_string() + (include_top ? " with top" : " without top"));
      const Functional model = make(x.shape().without_batch(), include_top);
      assign(model);
      const Tensor expected = golden_.array(size + (include_top ? "top" : "features"));
      const auto plain = specialize(lower(model), ops::Phase::inference);
      for (const auto& graph : {plain, optimize(plain, {.frozen = true, .traits = cpu_traits()})}) {
        const auto executable = device->compile(graph, {.batch_size = x.shape()[0]});
        const auto result = difference(expected, executable->forward({&x, 1})[0]);
        // Rounding grows through up to 152 layers; 1e-4 is what we promise.
        EXPECT_LT(result.relative(), 1e-4F) << result.to_string();
      }
    }
  }
}

TEST_P(Network, has_the_weights_of_keras_in_its_order) {
  const Functional model = make(golden_.shape("size0/x").without_batch(), true);
  std::vector<std::string> names;
  for (const Layer& layer : model.layers()) {
    for (const auto& variable : layer.variables()) {
      names.push_back("weight/" + layer.name() + "/" + variable->name());
      ASSERT_TRUE(golden_.has(names.back())) << names.back();
      EXPECT_EQ(golden_.shape(names.back()), variable->shape()) << names.back();
    }
  }
  EXPECT_EQ(names, golden_.arrays("weight/"));
  EXPECT_EQ(model.count_parameters(), golden_.number("parameters"));
}

TEST_P(Network, has_the_layers_of_keras_in_its_order) {
  if (!golden_.has("layers")) GTEST_SKIP() << "not a network of keras.applications";
  const Functional model = make(golden_.shape("size0/x").without_batch(), true);
  std::istringstream words(golden_.text("layers"));
  std::vector<std::string> expected;
  for (std::string word; words >> word;) expected.push_back(word);
  std::vector<std::string> received;
  for (const Layer& layer : model.layers()) received.push_back(layer.name());
  ASSERT_EQ(received.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    // Keras numbers the layers that it names itself through a whole process.
    const bool is_numbered = expected[i].starts_with("input_layer") ||
                             expected[i].starts_with("global_average_pooling2d");
    if (is_numbered) continue;
    EXPECT_EQ(received[i], expected[i]) << "layer " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Network, ::testing::ValuesIn(networks), [](const auto& parameter) {
  std::string name = parameter.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace thaw
