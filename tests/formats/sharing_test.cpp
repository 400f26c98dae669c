// Layers that are used more than once, and lists that are too long for one attribute.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/temporary_folder.h"
#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/add.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/relu.h"

namespace thaw {
namespace {

class Sharing : public ::testing::Test {
 protected:
  /// Saves, loads, and expects the same parameters and values again.
  Functional around(const Functional& model, const std::string& name) const {
    save_model(model, folder / name);
    const Functional read = load_model(folder / name);
    const auto a = model.variables();
    const auto b = read.variables();
    EXPECT_EQ(a.size(), b.size()) << name;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      EXPECT_TRUE(std::ranges::equal(a[i]->value().values(), b[i]->value().values()))
          << name << ": " << i;
    EXPECT_EQ(distinct(model), distinct(read)) << name;
    return read;
  }

  static size_t distinct(const Functional& model) {
    auto all = model.variables();
    std::ranges::sort(all);
    return static_cast<size_t>(std::ranges::unique(all).begin() - all.begin());
  }

  const testing::TemporaryFolder folder;
};

TEST_F(Sharing, a_layer_called_twice_stays_one_layer) {
  const Symbol x = input({4}, "x");
  const Layer twice = dense({.units = 4, .name = "twice"});
  const Functional model(x, add({.name = "sum"})({twice(x), twice(twice(x))}), "model");
  for (const char* name : {"a.h5", "a.keras"}) {
    const Functional read = around(model, name);
    EXPECT_EQ(read.layers().size(), 3U);
    EXPECT_EQ(read.calls().size(), model.calls().size()) << name;
  }
}

TEST_F(Sharing, a_model_called_twice_stays_one_model) {
  const Symbol inner = input({4}, "inner");
  const Functional base(inner, dense({.units = 4, .name = "kernel"})(inner), "base");
  const Symbol x = input({4}, "x");
  const Functional model(x, concatenate({.name = "both"})({base(x), base(base(x))}), "model");
  for (const char* name : {"a.h5", "a.keras"})
    EXPECT_EQ(around(model, name).layers().size(), 3U) << name;
}

TEST_F(Sharing, a_layer_in_two_models_stays_one_layer) {
  const Layer shared = dense({.units = 4, .name = "shared"});
  const Symbol inner = input({4}, "inner");
  const Functional base(inner, relu({.name = "relu"})(shared(inner)), "base");
  const Symbol x = input({4}, "x");
  const Functional model(x, add({.name = "sum"})({shared(x), base(x)}), "model");
  ASSERT_EQ(distinct(model), 2U);
  for (const char* name : {"a.h5", "a.keras"}) around(model, name);
}

TEST_F(Sharing, names_past_64_kilobytes_are_split_and_joined) {
  const Symbol x = input({4}, "x");
  Symbol y = dense({.units = 4, .name = "first"})(x);
  for (int i = 0; i < 700; ++i) y = relu({.name = std::string(100, 'n') + std::to_string(i)})(y);
  const Functional model(x, y, "long");
  EXPECT_EQ(around(model, "a.h5").layers().size(), 702U);
}

}  // namespace
}  // namespace thaw
