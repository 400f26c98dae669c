// Networks against Keras, with the same weights from a seed: outputs with top and without, the
// prefix split at any layer, and of a network of every family the gradients.
// tools/golden/families.py tells how the weights are made.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>
#include <sstream>

#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/random.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

/// Command-line names, as FAMILIES of tools/golden/families.py lists them.
constexpr std::string_view families[] = {"vgg16",
                                         "resnet50",
                                         "densenet121",
                                         "xception",
                                         "inception_v3",
                                         "inception_resnet_v2",
                                         "nasnet_mobile",
                                         "mobilenet_v3_small",
                                         "mobilenet_v3_large@alpha=0.75",
                                         "mobilenet_v3_small@minimalistic=true",
                                         "mobilenet_v3_small@include_preprocessing=false",
                                         "efficientnet_b0",
                                         "efficientnet_v2_b0",
                                         "efficientnet_v2_s",
                                         "convnext_tiny",
                                         "squeezenet",
                                         "efficientnet_lite0",
                                         "mobilenet",
                                         "mobilenet_v2",
                                         "resnet50_v2"};

/// All others.
std::vector<std::string_view> members() {
  std::vector<std::string_view> names;
  for (const Application* network : applications::all()) {
    if (std::ranges::find(families, network->name) == std::end(families))
      names.push_back(network->name);
  }
  return names;
}

/// What we promise; rounding grows through hundreds of layers.
constexpr float tolerance = 1e-4F;
/// Between the folded and fused plan and the unoptimized one. The gates of EfficientNet and
/// MobileNetV3 multiply what was rounded: 8.6e-6 was measured with AVX2, 1.1e-5 with AVX-512.
float plan_tolerance(std::string_view network) {
  const bool has_gates = network.starts_with("efficientnet") || network.starts_with("mobilenet_v3");
  return has_gates ? 2e-5F : 1e-5F;
}

bool has_winograd(const ops::Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const ops::Node& node) {
    const auto* op = std::get_if<ops::Conv2D>(&node.op);
    return op != nullptr && op->winograd;
  });
}

Tensor repeated(const Tensor& x, int64_t times) {
  const int64_t count = x.shape()[0];
  Tensor result(x.shape().without_batch().with_batch(count * times));
  for (int64_t i = 0; i < times; ++i)
    std::ranges::copy(x.values(), result.rows(i * count, count).values().begin());
  return result;
}

void for_each_variable(const Functional& model,
                       const std::function<void(const std::string&, const VariablePtr&)>& visit) {
  for (const Layer& layer : model.layers()) {
    if (const Functional* nested = layer.nested()) {
      for_each_variable(*nested, visit);
      continue;
    }
    for (const auto& variable : layer.variables())
      visit(layer.name() + "/" + variable->name(), variable);
  }
}

class Compared : public ::testing::TestWithParam<std::string_view> {
 protected:
  Functional make(bool include_top) const {
    auto [application, options] = applications::find(GetParam());
    int64_t height = 0;
    int64_t width = 0;
    std::istringstream(golden_.text("size")) >> height >> width;
    options.input_shape = {height, width, 3};
    options.weights = "none";
    options.include_top = include_top;
    options.classes = 10;
    if (!include_top) options.pooling = "avg";
    Functional model = applications::create(*application, options);
    for_each_variable(model, [&](const std::string& name, const VariablePtr& variable) {
      variable->assign(golden_.array("weight/" + name));
    });
    return model;
  }

  /// The golden file's few cells, each repeated over its part of the image.
  Tensor images(const Shape& shape) const {
    const Tensor cells = golden_.array("cells");
    const int64_t side = cells.shape()[1];
    Tensor result(shape.with_batch(cells.shape()[0]));
    float* out = result.values().data();
    for (int64_t n = 0; n < cells.shape()[0]; ++n) {
      for (int64_t row = 0; row < shape[0]; ++row) {
        for (int64_t column = 0; column < shape[1]; ++column) {
          const int64_t cell = (n * side + row * side / shape[0]) * side + column * side / shape[1];
          out = std::copy_n(cells.values().data() + cell * 3, 3, out);
        }
      }
    }
    return result;
  }

  Tensor run(const ops::Graph& graph, const Tensor& x) const {
    return device_->compile(graph, {.batch_size = x.shape()[0]})->forward({&x, 1})[0].clone();
  }

  void compare_outputs() const;
  void compare_splits() const;

  const GoldenFile golden_{fmt::format("families/{}.golden.gz", GetParam())};
  const std::unique_ptr<Device> device_ = cpu_device({.threads = 2});
};

void Compared::compare_outputs() const {
  for (const bool include_top : {true, false}) {
    const std::string part = include_top ? "top" : "features";
    SCOPED_TRACE(part);
    const Functional model = make(include_top);
    const Tensor x = images(model.inputs()[0].shape());
    const Tensor expected = golden_.array(part);
    // An error in a weight moves the output by no more than another image does.
    EXPECT_GT(std::stof(golden_.text("apart/" + part)), 100 * tolerance);
    const auto plain = specialize(lower(model), ops::Phase::inference);
    const auto best = optimize(plain, {.frozen = true, .traits = cpu_traits()});
    const Tensor optimized = run(best, x);
    const auto with_keras = difference(expected, optimized);
    EXPECT_LT(with_keras.relative(), tolerance) << with_keras.to_string();
    if (!include_top) continue;
    const Tensor unoptimized = run(plain, x);
    const auto plain_with_keras = difference(expected, unoptimized);
    EXPECT_LT(plain_with_keras.relative(), tolerance) << plain_with_keras.to_string();
    const auto plans = difference(unoptimized, optimized);
    EXPECT_LT(plans.relative(), plan_tolerance(GetParam())) << plans.to_string();
    if (!has_winograd(best)) continue;
    // Only for many images a device computes in tiles.
    constexpr int64_t times = 16;
    const Tensor many = run(best, repeated(x, times));
    const auto tiled = difference(unoptimized, many.rows(0, x.shape()[0]));
    EXPECT_LT(tiled.relative(), plan_tolerance(GetParam())) << tiled.to_string();
  }
}

void Compared::compare_splits() const {
  const Functional model = make(true);
  const Tensor x = images(model.inputs()[0].shape());
  const auto layers = model.layers();
  for (const size_t trained :
       {size_t{1}, size_t{5}, size_t{20}, layers.size() / 2, layers.size()}) {
    model.set_trainable(true);
    for (const Layer& layer : layers.first(layers.size() - trained)) layer.set_trainable(false);
    const FrozenSplit split = split_frozen(lower(model));
    const auto prefix = optimize(specialize(split.prefix, ops::Phase::inference),
                                 {.frozen = true, .traits = cpu_traits()});
    const auto suffix = specialize(split.suffix, ops::Phase::inference);
    const auto below = device_->compile(prefix, {.batch_size = x.shape()[0]});
    const auto above = device_->compile(suffix, {.batch_size = x.shape()[0]});
    const auto result =
        difference(golden_.array("top"), above->forward(below->forward({&x, 1}))[0]);
    EXPECT_LT(result.relative(), tolerance)
        << "the last " << trained << " layers train: " << result.to_string();
  }
}

class Family : public Compared {};
class Member : public Compared {};

TEST_P(Family, gives_what_keras_gives_with_top_and_without) { compare_outputs(); }
TEST_P(Member, gives_what_keras_gives_with_top_and_without) { compare_outputs(); }
TEST_P(Family, split_anywhere_gives_what_the_whole_gives) { compare_splits(); }
TEST_P(Member, split_anywhere_gives_what_the_whole_gives) { compare_splits(); }

/// Every value moved by at most `amount` of itself.
Tensor nudged(const Tensor& x, float amount) {
  Random random(3);
  Tensor result = x.clone();
  for (float& value : result.values()) value *= 1.0F + amount * random.uniform(-1, 1);
  return result;
}

/// Nudged so far that the output moves by `tolerance`, which is as far as it may lie from Keras's.
Tensor nudged_to_tolerance(Executable& executable, const Tensor& x) {
  constexpr float first = 1e-3F;
  const Tensor y = executable.forward({&x, 1})[0].clone();
  const Tensor other = nudged(x, first);
  const float moved = difference(y, executable.forward({&other, 1})[0]).relative();
  return nudged(x, first * tolerance / moved);
}

std::vector<Tensor> gradients_at(Executable& executable, const Tensor& x, const Tensor& factors) {
  (void)executable.forward({&x, 1});
  executable.backward({&factors, 1});
  std::vector<Tensor> result;
  for (const Tensor& gradient : executable.gradients()) result.push_back(gradient.clone());
  return result;
}

TEST_P(Family, has_the_gradients_of_keras) {
  const Functional model = make(true);
  const Tensor x = images(model.inputs()[0].shape());
  const auto graph = specialize(lower(model), ops::Phase::inference);
  const auto executable = device_->compile(graph, {.batch_size = x.shape()[0], .training = true});
  const Tensor factors = golden_.array("factors");
  const auto gradients = gradients_at(*executable, x, factors);
  std::vector<Tensor> moved;  // when it is needed
  int compared = 0;
  for_each_variable(model, [&](const std::string& name, const VariablePtr& variable) {
    if (!golden_.has("gradient/" + name)) return;
    ++compared;
    const auto found = std::ranges::find(executable->variables(), variable);
    ASSERT_NE(found, executable->variables().end()) << name << " does not train";
    const auto index = static_cast<size_t>(found - executable->variables().begin());
    const auto result = difference(golden_.array("gradient/" + name), gradients[index]);
    // Twice as far as the outputs are: up through the network and down again.
    if (result.relative() < 2 * tolerance) return;
    // But where a relu's input is as near to 0 as rounding, its gradient is there or not: in
    // hundreds of layers some are, and the gradients of a network that was nudged differ as much.
    if (moved.empty())
      moved = gradients_at(*executable, nudged_to_tolerance(*executable, x), factors);
    const auto sensitivity = difference(gradients[index], moved[index]);
    EXPECT_LT(result.relative(), sensitivity.relative())
        << name << ": " << result.to_string() << "; nudged: " << sensitivity.to_string();
    EXPECT_LT(result.relative(), 2e-2F) << name << ": " << result.to_string();
  });
  EXPECT_EQ(compared, static_cast<int>(golden_.arrays("gradient/").size()));
  EXPECT_GE(compared, 8);
}

std::string case_name(const ::testing::TestParamInfo<std::string_view>& info) {
  std::string name(info.param);
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, Family, ::testing::ValuesIn(families), case_name);
INSTANTIATE_TEST_SUITE_P(Every, Member, ::testing::ValuesIn(members()), case_name);

TEST(Families, each_has_a_member_whose_gradients_are_compared) {
  std::set<std::string, std::less<>> compared;
  for (const std::string_view name : families) compared.emplace(name.substr(0, name.find('@')));
  for (const ApplicationFamily* family : application_families::all()) {
    EXPECT_TRUE(std::ranges::any_of(family->members, [&](const Application& member) {
      return compared.contains(member.name);
    })) << family->members[0].name;
  }
}

}  // namespace
}  // namespace thaw
