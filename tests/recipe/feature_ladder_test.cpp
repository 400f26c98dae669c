#include "thaw/train/feature_ladder.h"

#include <gtest/gtest.h>

#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/compile/extract.h"
#include "thaw/compile/lower.h"
#include "thaw/core/random.h"
#include "thaw/recipe/head.h"
#include "thaw/train/micro_batches.h"

namespace thaw {
namespace {

constexpr int64_t size = 64;

/// The model's cut with the last `layers` of its base trainable.
std::vector<ops::Value> cut(const Functional& base, const Model& model, size_t layers) {
  base.set_trainable(layers > 0);
  for (const Layer& layer : base.layers().first(base.layers().size() - layers))
    layer.set_trainable(false);
  model.compile({.optimizer = adam({}), .loss = "categorical_crossentropy"});
  return model.frozen_cut();
}

Tensor pictures() {
  Random random(1);
  Tensor x({MicroBatches::size, size, size, 3});
  for (float& value : x.values()) value = random.uniform(-1, 1);
  return x;
}

class EveryNetwork : public ::testing::TestWithParam<const Application*> {};

TEST_P(EveryNetwork, gives_the_same_whichever_cuts_it_stops_at_on_the_way) {
  const Functional base = applications::create(
      *GetParam(), {.input_shape = {size, size, 3}, .include_top = false, .weights = "none"});
  const Model model = with_head(base, {.classes = 3});
  const auto target = cut(base, model, 0);
  const ops::Graph graph = lower(model);
  const auto device = cpu_device({.threads = 2});
  const Tensor x = pictures();
  MicroBatches whole(extract(graph, graph.inputs, target), *device);
  const Tensor expected = whole.run({&x, 1})[0].clone();
  std::vector<std::vector<ops::Value>> cuts;
  for (const size_t layers : {1, 5, 12, 20, 30}) cuts.push_back(cut(base, model, layers));
  const auto ladder = make_ladder(graph, target, cuts);
  EXPECT_GE(ladder.size(), 4U);
  std::span<const Tensor> results{&x, 1};
  std::vector<std::unique_ptr<MicroBatches>> steps;
  for (const Rung& rung : ladder) {
    steps.push_back(std::make_unique<MicroBatches>(rung.segment, *device));
    results = steps.back()->run(results);
  }
  ASSERT_EQ(results.size(), 1U);
  const auto difference = testing::difference(expected, results[0]);
  // Another kernel may sum in another order, and a batch normalization may not be folded.
  EXPECT_LT(difference.relative(), 1e-5F) << difference.to_string();
  EXPECT_NE(ladder.back().function, make_ladder(graph, target, {})[0].function);
  EXPECT_EQ(ladder.back().function, make_ladder(graph, target, cuts).back().function);
}

INSTANTIATE_TEST_SUITE_P(Networks, EveryNetwork,
                         ::testing::ValuesIn(applications::all().begin(),
                                             applications::all().end()),
                         [](const auto& network) { return std::string(network.param->name); });

}  // namespace
}  // namespace thaw
