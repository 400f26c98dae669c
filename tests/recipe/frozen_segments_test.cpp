#include "thaw/features/frozen_segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "thaw/applications/application.h"
#include "thaw/compile/extract.h"
#include "thaw/compile/lower.h"
#include "thaw/core/random.h"
#include "thaw/features/micro_batches.h"
#include "thaw/recipe/head.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

/// The model's cut with the last `layers` of its base trainable.
std::vector<ops::Value> cut_of(const Functional& base, const Model& model, size_t layers) {
  base.set_trainable(layers > 0);
  for (const Layer& layer : base.layers().first(base.layers().size() - layers))
    layer.set_trainable(false);
  model.compile({.optimizer = adam({}), .loss = "categorical_crossentropy"});
  return model.frozen_cut();
}

Tensor images(const ops::Graph& network) {
  const Shape shape =
      network[network.inputs[0]].shape.with_batch(micro_batch_size(network, cpu_traits()));
  return uniform_tensor(shape, -1, 1, Random(1));
}

class EveryNetwork : public ::testing::TestWithParam<const Application*> {};

/// The values at `to`, computed from those at `from` (nullptr: from the images).
std::vector<Tensor> run(const FrozenSegments& segments, const FrozenCut* from,
                        std::span<const Tensor> inputs, std::span<const FrozenCut* const> to,
                        const ops::Graph& network, Device& device) {
  MicroBatches step(segments.segment(from, to), network, device);
  std::vector<Tensor> results;
  for (const Tensor& result : step.run(inputs)) results.push_back(result.clone());
  return results;
}

bool same_bits(std::span<const Tensor> a, std::span<const Tensor> b) {
  return std::ranges::equal(a, b, [](const Tensor& x, const Tensor& y) {
    return x.shape() == y.shape() && std::memcmp(x.data(), y.data(), x.values().size_bytes()) == 0;
  });
}

/// Of a network whose last layers train, so many of them, or so few.
void expect_the_same_bits(const Functional& base, std::span<const size_t> trainable_layers) {
  const Model model = with_head(base, {.classes = 3});
  const auto target = cut_of(base, model, 0);
  const ops::Graph graph = lower(model);
  const auto device = cpu_device({.threads = 2});
  const Tensor x = images(graph);
  std::vector<std::vector<ops::Value>> expected;
  for (const size_t layers : trainable_layers) expected.push_back(cut_of(base, model, layers));
  const FrozenSegments segments(graph, target, expected, cpu_traits());
  const auto& cuts = segments.cuts();
  EXPECT_GE(cuts.size(), 4U);
  std::vector<const FrozenCut*> all;
  for (const FrozenCut& cut : cuts) all.push_back(&cut);
  const auto together = run(segments, nullptr, {&x, 1}, all, graph, *device);
  std::span<const Tensor> rest = together;
  std::map<const FrozenCut*, std::span<const Tensor>> values;
  for (const FrozenCut* cut : all) {
    values[cut] = rest.first(cut->values.size());
    rest = rest.subspan(cut->values.size());
  }
  int led = 0;
  for (const FrozenCut* cut : all) {
    const auto alone = run(segments, nullptr, {&x, 1}, {&cut, 1}, graph, *device);
    EXPECT_TRUE(same_bits(alone, values[cut])) << "cut " << cut - cuts.data();
    for (const FrozenCut* below : all) {
      if (below >= cut || !segments.leads(*below, {&cut, 1})) continue;
      ++led;
      const auto climbed = run(segments, below, values[below], {&cut, 1}, graph, *device);
      EXPECT_TRUE(same_bits(climbed, values[cut]))
          << "cut " << cut - cuts.data() << " from cut " << below - cuts.data();
    }
  }
  EXPECT_GE(led, 3);
}

Functional base_of_size(const Application& application, int64_t size) {
  size = std::max(size, application.minimum_size);
  return applications::create(
      application, {.input_shape = {size, size, 3}, .include_top = false, .weights = "none"});
}

TEST_P(EveryNetwork, gives_the_same_bits_whichever_cuts_it_stops_at_or_begins_at) {
  const Functional base = base_of_size(*GetParam(), 64);
  std::vector<size_t> layers;
  for (const size_t count : {2, 3, 5, 8, 12, 20, 30})
    if (count < base.layers().size()) layers.push_back(count);
  expect_the_same_bits(base, layers);
}

/// Where images are large two convolutions run as one step, unless a cut is between them.
TEST(FrozenSegments, gives_the_same_bits_between_two_convolutions_that_otherwise_run_as_one_step) {
  for (const char* name : {"mobilenet", "mobilenet_v2"}) {
    const Functional base = base_of_size(*applications::find(name).first, 160);
    std::vector<size_t> layers;
    for (size_t first = 8; first < 30; ++first) layers.push_back(base.layers().size() - first);
    expect_the_same_bits(base, layers);
  }
}

TEST_P(EveryNetwork, knows_a_cut_whatever_the_others_are) {
  const Functional base = base_of_size(*GetParam(), 64);
  const Model model = with_head(base, {.classes = 3});
  const auto target = cut_of(base, model, 0);
  const ops::Graph graph = lower(model);
  const FrozenSegments alone(graph, target, {}, cpu_traits());
  const auto others = alone.other_cuts();
  int found = 0;
  for (const size_t layers : {2, 3, 4, 5, 12, 20, 23, 26}) {
    if (layers >= base.layers().size()) continue;
    const auto lower_cut = cut_of(base, model, layers);
    const FrozenSegments both(graph, target, {&lower_cut, 1}, cpu_traits());
    const FrozenCut& below = both.cuts().front();
    const FrozenCut* above = &both.cuts().back();
    EXPECT_EQ(above->function, alone.cuts().back().function);
    if (&below == above) continue;
    EXPECT_NE(below.function, above->function);
    EXPECT_EQ(below.function,
              FrozenSegments(graph, lower_cut, {}, cpu_traits()).cuts()[0].function);
    // Not where a normalization trains, or a convolution whose padding is a layer: what these read
    // is not in the optimized graph.
    const bool is_known = std::ranges::any_of(
        others, [&](const FrozenCut& other) { return other.function == below.function; });
    found += is_known && both.leads(below, {&above, 1}) ? 1 : 0;
  }
  // A cell of NASNet has up to ten tensors at once, and always one of them is before a
  // normalization.
  EXPECT_GE(found, GetParam()->name.starts_with("nasnet") ? 0 : 1);
}

/// Those whose blocks differ in kind: chains, gates, residual sums, branches, nested models. The
/// others have more of the same and take longer.
std::vector<const Application*> different_networks() {
  std::vector<const Application*> result;
  for (const char* name :
       {"mobilenet", "mobilenet_v2", "mobilenet_v3_small", "squeezenet", "resnet50_v2",
        "densenet121", "inception_v3", "nasnet_mobile", "efficientnet_v2_b0", "convnext_tiny"})
    result.push_back(applications::find(name).first);
  return result;
}

INSTANTIATE_TEST_SUITE_P(Networks, EveryNetwork, ::testing::ValuesIn(different_networks()),
                         [](const auto& network) { return std::string(network.param->name); });

}  // namespace
}  // namespace thaw
