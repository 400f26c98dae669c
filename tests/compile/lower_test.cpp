#include "thaw/compile/lower.h"

#include <gtest/gtest.h>

#include "support/ops_graph.h"
#include "thaw/compile/verify.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"

namespace thaw {
namespace {

using ops::Phase;
using ops::Value;
using testing::count;
using testing::only;

TEST(Lower, writes_nested_models_under_their_path_and_shares_weights) {
  const Symbol inner = input({4}, "inner_in");
  const Functional nested(inner, dense({.units = 4, .name = "fc"})(inner), "nested");
  const Symbol outer = input({4}, "outer_in");
  const Functional model(outer, nested(nested(outer)));
  const ops::Graph graph = lower(model);
  verify(graph);
  EXPECT_EQ(count<ops::MatMul>(graph), 2);
  EXPECT_EQ(count<ops::Weight>(graph), 2) << "one kernel, one bias";
  EXPECT_EQ(only<ops::MatMul>(graph).name, "nested/fc");
}

TEST(Lower, says_by_the_layers_flag_which_weights_train) {
  const Symbol x = input({4}, "x");
  const Layer frozen = dense({.units = 4, .use_bias = false, .name = "frozen"});
  const Functional model(x, dense({.units = 2, .use_bias = false, .name = "free"})(frozen(x)));
  frozen.set_trainable(false);
  const ops::Graph graph = lower(model);
  for (const ops::Node& node : graph.nodes) {
    if (const auto* weight = std::get_if<ops::Weight>(&node.op)) {
      EXPECT_EQ(weight->trainable, node.name == "free") << node.name;
    }
  }
}

TEST(Lower, keeps_the_phase_open_but_where_a_call_fixes_it) {
  const Symbol x = input({4}, "x");
  const Symbol open = dropout({.rate = 0.5F})(x);
  EXPECT_EQ(*ops::phase_of(only<ops::Dropout>(lower(Functional(x, open))).op), Phase::by_run);
  const Symbol always = dropout({.rate = 0.5F})(x, {.training = true});
  EXPECT_EQ(*ops::phase_of(only<ops::Dropout>(lower(Functional(x, always))).op), Phase::training);
  const Symbol never = dropout({.rate = 0.5F})(x, {.training = false});
  EXPECT_EQ(count<ops::Dropout>(lower(Functional(x, never))), 0);
}

ops::Graph random_layers() {
  ops::Builder builder;
  const Value x = builder.input({8, 8, 2});
  Value y = builder.dropout(x, {.rate = 0.5F});
  y = builder.random_crop_2d(y, {.size = {4, 4}, .cropping = {1, 1, 1, 1}});
  return builder.finish({y});
}

TEST(Specialize, leaves_nothing_random_in_inference) {
  const ops::Graph graph = specialize(random_layers(), Phase::inference);
  verify(graph);
  for (const ops::Node& node : graph.nodes) EXPECT_FALSE(ops::is_random(node.op)) << node.name;
  EXPECT_EQ(count<ops::Dropout>(graph), 0);
  const auto& resize = std::get<ops::Resize2D>(only<ops::Resize2D>(graph).op);
  EXPECT_EQ(resize.size, Size2(4));
  EXPECT_EQ(resize.cropping, (Padding2{1, 1, 1, 1}));
}

TEST(Specialize, leaves_no_phase_open_in_training) {
  const ops::Graph graph = specialize(random_layers(), Phase::training);
  EXPECT_EQ(graph.nodes.size(), random_layers().nodes.size());
  for (const ops::Node& node : graph.nodes) {
    if (const Phase* phase = ops::phase_of(node.op)) {
      EXPECT_EQ(*phase, Phase::training);
    }
  }
}

TEST(WithoutLastActivation, leaves_off_what_the_loss_computes_itself) {
  const auto ending_in = [](const Activation& last) {
    ops::Builder builder;
    return builder.finish({builder.activation(builder.input({3}), last)});
  };
  using Kind = Activation::Kind;
  const Logits logits = without_last_activation(ending_in("softmax"), Kind::softmax);
  EXPECT_EQ(logits.activation.kind, Kind::softmax);
  EXPECT_EQ(count<ops::Softmax>(logits.graph), 0);
  EXPECT_EQ(without_last_activation(ending_in("sigmoid"), Kind::softmax).activation.kind,
            Kind::linear);
  EXPECT_EQ(without_last_activation(ending_in("relu"), Kind::sigmoid).graph.nodes.size(), 2U);
}

}  // namespace
}  // namespace thaw
