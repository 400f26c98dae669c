#include <gtest/gtest.h>

#include <algorithm>

#include "formats/small_model.h"
#include "support/temporary_folder.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using testing::small_model;

class ModelFiles : public ::testing::Test {
 protected:
  const testing::TemporaryFolder folder;
};

void expect_same_weights(const Functional& a, const Functional& b) {
  const auto left = a.variables();
  const auto right = b.variables();
  ASSERT_EQ(left.size(), right.size());
  for (size_t i = 0; i < left.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(left[i]->value().values(), right[i]->value().values()));
}

TEST_F(ModelFiles, keeps_graph_weights_flags_and_metadata) {
  const Functional model = small_model();
  for (const char* name : {"a.keras", "a.h5"}) {
    save_model(model, folder / name);
    const Functional read = load_model(folder / name);
    expect_same_weights(model, read);
    EXPECT_FALSE(read.get_layer("base").trainable());
    EXPECT_EQ(read.count_trainable_parameters(), model.count_trainable_parameters());
    EXPECT_EQ(read.metadata().at("classes"), model.metadata().at("classes"));
    EXPECT_EQ(read.output_of("base").call()->training, false);
    const std::string once = read_file(folder / name);
    save_model(model, folder / name);
    EXPECT_TRUE(read_file(folder / name) == once) << name << " must be the same bytes";
  }
}

TEST_F(ModelFiles, keep_what_is_a_sequential_and_what_is_not) {
  const Symbol inner = input({8, 8, 3}, "inner");
  const Functional chain =
      sequential(inner, conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(inner), "chain");
  const Symbol x = input({8, 8, 3}, "photo");
  const Symbol y = global_average_pooling_2d({.name = "pool"})(chain(x, {.training = false}));
  const Functional model(x, y, "model");
  const Functional outer = sequential(x, model(x), "outer");
  for (const char* name : {"a.keras", "a.h5"}) {
    save_model(model, folder / name);
    const Functional read = load_model(folder / name);
    EXPECT_EQ(read.class_name(), "Functional") << name;
    EXPECT_EQ(read.get_layer("chain").class_name(), "Sequential") << name;
    EXPECT_EQ(read.output_of("chain").call()->training, false) << name;
    expect_same_weights(model, read);
    save_model(outer, folder / name);
    const Functional whole = load_model(folder / name);
    EXPECT_EQ(whole.class_name(), "Sequential") << name;
    EXPECT_EQ(whole.layers()[0].name(), "photo") << name;
    EXPECT_EQ(whole.get_layer("model").class_name(), "Functional") << name;
    expect_same_weights(outer, whole);
  }
  EXPECT_EQ(outer.with_input_shape({10, 9, 3}).class_name(), "Sequential");
}

TEST_F(ModelFiles, two_nested_layers_of_one_name_do_not_meet) {
  const auto base = [](const char* name) {
    const Symbol inner = input({8, 8, 3}, "inner");
    return Functional(inner, conv_2d({.filters = 3, .name = "conv"})(inner), name);
  };
  const Symbol x = input({8, 8, 3}, "photo");
  const Symbol both = base("left")(base("right")(x));
  const Functional inside(x, both, "inside");
  const Symbol y = input({8, 8, 3}, "y");
  const Functional model(y, inside(y), "model");
  for (const char* name : {"a.keras", "a.h5"}) {
    save_model(model, folder / name);
    expect_same_weights(model, load_model(folder / name));
  }
}

TEST_F(ModelFiles, a_wrong_shape_changes_nothing) {
  save_weights(small_model(3), folder / "b.weights.h5");
  const Functional model = small_model(2);
  const Functional same = small_model(2);
  EXPECT_THROW(load_weights(model, folder / "b.weights.h5"), Error);
  expect_same_weights(model, same);
  const auto report = load_weights(model, folder / "b.weights.h5", {.skip_mismatch = true});
  EXPECT_EQ(report.missing, std::vector<std::string>{"head"});
}

TEST_F(ModelFiles, a_head_that_is_skipped_keeps_its_weights) {
  const Functional other = small_model(3);
  for (const auto& variable : other.variables()) variable->reset(99);
  for (const char* name : {"c.weights.h5", "c.h5"}) {
    save_weights(other, folder / name);
    for (const MatchWeights match : {MatchWeights::by_order, MatchWeights::by_name}) {
      const Functional model = small_model(2);
      const auto report =
          load_weights(model, folder / name, {.match = match, .skip_layers = {"head"}});
      EXPECT_EQ(report.loaded, 2) << name;
      const auto loaded = model.get_layer("base").variables();
      const auto saved = other.get_layer("base").variables();
      const auto kept = model.get_layer("head").variables();
      const auto fresh = small_model(2).get_layer("head").variables();
      for (size_t i = 0; i < 2; ++i) {
        EXPECT_TRUE(std::ranges::equal(loaded[i]->value().values(), saved[i]->value().values()));
        EXPECT_TRUE(std::ranges::equal(kept[i]->value().values(), fresh[i]->value().values()));
      }
    }
  }
}

}  // namespace
}  // namespace thaw
