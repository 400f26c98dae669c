// Every layer's config with one value replaced by another: it works or is refused with an Error.

#include <gtest/gtest.h>

#include <limits>

#include "conformance/layer_case.h"
#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw {
namespace {

using testing::GoldenFile;
using testing::LayerCase;

class HostileConfig : public ::testing::TestWithParam<const LayerType*> {};

std::vector<Config> hostile_values() {
  const auto huge = std::numeric_limits<int64_t>::max();
  std::vector<Config> values = {nullptr,
                                true,
                                0,
                                -1,
                                -7,
                                huge,
                                -huge,
                                int64_t{1} << 31,
                                1e300,
                                0.5,
                                -1e-3,
                                std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::infinity(),
                                "",
                                "nonsense",
                                "same",
                                Config::List{},
                                Config::Map{},
                                Config::List{Config::List{1, 2}, Config::List{3, -4}},
                                Config::List{nullptr, nullptr, nullptr, nullptr},
                                Config::List{"a", 1}};
  for (const int64_t number : {int64_t{0}, int64_t{-1}, int64_t{1}, int64_t{1000000}, huge}) {
    values.push_back(Config::List{number});
    values.push_back(Config::List{number, number});
    values.push_back(Config::List{number, number, number, number});
    values.push_back(Config::List{Config::List{number, number}, Config::List{0, number}});
  }
  return values;
}

TEST_P(HostileConfig, works_or_is_refused_with_an_error) {
  const LayerType& type = *GetParam();
  const GoldenFile golden("layers/" + std::string(type.class_name) + ".golden.gz");
  const LayerCase first(golden, type, 0);
  const Config good = first.definition->config();
  if (good.is_null()) return;
  // What is only kept for Keras may be anything.
  if (dynamic_cast<const layers::KeptLayer*>(first.definition.get()) != nullptr) return;
  int refused = 0;
  for (const auto& [key, value] : good.as_map()) {
    for (const Config& hostile : hostile_values()) {
      SCOPED_TRACE(key + ": " + hostile.to_string());
      Config config = good;
      config.set(key, hostile);
      try {
        const Layer layer(type.from_config(config));
        std::vector<Symbol> inputs;
        const bool is_input = type.class_name == "InputLayer";
        for (const Tensor& x : first.inputs)
          if (!is_input) inputs.push_back(input(x.shape().without_batch()));
        const Symbol output = layer(inputs);
        if (inputs.empty()) continue;
        lower(Functional(inputs, {output}));
        (void)layer.definition()->config();
      } catch (const Error& error) {
        ++refused;
        EXPECT_GT(std::string(error.what()).size(), 10U) << error.what();
      }
    }
  }
  EXPECT_TRUE(refused > 0 || good.as_map().empty());
}

INSTANTIATE_TEST_SUITE_P(Every, HostileConfig,
                         ::testing::ValuesIn(layer_types::all().begin(), layer_types::all().end()),
                         [](const auto& parameter) {
                           return std::string(parameter.param->class_name);
                         });

}  // namespace
}  // namespace thaw
