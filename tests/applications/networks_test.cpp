// Every network's graph against Keras's: tools/golden/applications.py tells what is compared.

#include <gtest/gtest.h>

#include <sstream>

#include "support/config_json.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/graph/layer_type.h"

namespace thaw::applications {
namespace {

using thaw::testing::error_of;
using thaw::testing::GoldenFile;

class Network : public ::testing::TestWithParam<const Application*> {
 protected:
  const Application& application() const { return *GetParam(); }

  std::string text(int64_t index, const std::string& key) const {
    return golden_.text(std::to_string(index) + "." + key);
  }

  Options options_of(int64_t index) const {
    Options options{.weights = "none"};
    int64_t height = 0;
    int64_t width = 0;
    int64_t channels = 0;
    std::istringstream words(text(index, "options"));
    for (std::string word; words >> word;) {
      const std::string key = word.substr(0, word.find('='));
      const std::string value = word.substr(word.find('=') + 1);
      if (key == "height") height = std::stoll(value);
      if (key == "width") width = std::stoll(value);
      if (key == "channels") channels = std::stoll(value);
      if (key == "alpha") options.alpha = std::stod(value);
      if (key == "depth_multiplier") options.depth_multiplier = std::stoll(value);
      if (key == "classes") options.classes = std::stoll(value);
      if (key == "pooling") options.pooling = value;
      if (key == "include_top") options.include_top = value == "True";
    }
    options.input_shape = {height, width, channels};
    return options;
  }

  const GoldenFile golden_{"applications/" + std::string(GetParam()->name) + ".golden.gz"};
};

std::string words(const Shape& shape) {
  std::string result;
  for (const int64_t size : shape.sizes())
    result += (result.empty() ? "" : ",") + std::to_string(size);
  return result;
}

std::string describe(const Functional& model, const Layer& layer) {
  std::string result = std::string(layer.class_name()) + " " + layer.name() + " " +
                       words(model.output_of(layer.name()).shape());
  for (const auto& variable : layer.variables())
    result += " " + variable->name() + "=" + words(variable->shape());
  return result;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

TEST_P(Network, has_the_layers_shapes_and_weights_of_keras_in_its_order) {
  ASSERT_GE(golden_.number("cases"), 20);
  for (int64_t index = 0; index < golden_.number("cases"); ++index) {
    SCOPED_TRACE(text(index, "options"));
    const Functional model = create(application(), options_of(index));
    const auto expected = split(text(index, "layers"), ';');
    std::vector<std::string> received;
    for (const Layer& layer : model.layers()) received.push_back(describe(model, layer));
    ASSERT_EQ(received.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(received[i], expected[i]) << "layer " << i;
    if (HasFailure()) break;  // the other cases would say the same
  }
}

TEST_P(Network, has_the_name_parameters_and_output_of_keras) {
  for (int64_t index = 0; index < golden_.number("cases"); ++index) {
    const Functional model = create(application(), options_of(index));
    EXPECT_EQ(model.name() + " " + std::to_string(model.count_parameters()) + " " +
                  std::to_string(model.count_trainable_parameters()) + " " +
                  words(model.outputs()[0].shape()),
              text(index, "model"))
        << text(index, "options");
  }
}

/// Of an image's axes the last is 3 or −1.
bool is_last_axis(const Config& axis) { return axis == Config(3) || axis == Config(-1); }

bool agree(const Config& expected, const Config& received) {
  if (expected.is_list() && received.is_list()) {
    const auto& a = expected.as_list();
    const auto& b = received.as_list();
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), agree);
  }
  // Keras holds 64-bit numbers, layers 32-bit ones.
  if (expected.is_number() && received.is_number()) {
    return static_cast<float>(expected.as_number()) == static_cast<float>(received.as_number());
  }
  return expected == received;
}

TEST_P(Network, has_the_settings_of_keras_in_every_layer) {
  const Functional model = create(application(), options_of(0));
  const Config configs = testing::parse_json(golden_.text("0.configs"));
  int compared = 0;
  ASSERT_EQ(configs.as_list().size(), model.layers().size());
  for (const Config& entry : configs.as_list()) {
    const Layer& layer = model.get_layer(entry.at("name").as_string());
    const Config own = layer.definition()->config();
    for (const auto& [key, expected] : entry.at("config").as_map()) {
      const Config* received = own.find(key);
      if (received == nullptr) continue;  // nothing that a network here would set
      ++compared;
      if (key == "axis" && is_last_axis(expected) && is_last_axis(*received)) continue;
      EXPECT_TRUE(agree(expected, *received))
          << layer.name() << ": " << key << ": expected " << expected.to_string() << ", received "
          << received->to_string();
    }
  }
  EXPECT_GT(compared, static_cast<int>(model.layers().size()));
}

TEST_P(Network, takes_the_official_weights_that_keras_takes) {
  for (int64_t index = 0; index < golden_.number("cases"); ++index) {
    const Options options = options_of(index);
    const std::string key = std::to_string(index) + ".weights";
    if (golden_.has(key)) {
      const WeightsFile file = application().weights_file(options);
      EXPECT_EQ(file.name + " " + file.address + file.name + " " + file.hash, golden_.text(key))
          << text(index, "options");
    } else if (!options.include_top && options.input_shape[2] == 3) {
      EXPECT_NE(error_of<UsageError>([&] { application().weights_file(options); }), "")
          << text(index, "options");
    }
  }
}

TEST_P(Network, says_itself_how_many_parameters_it_has) {
  Options options{.weights = "none"};
  EXPECT_EQ(create(application(), options).count_parameters(), application().parameters);
  options.include_top = false;
  EXPECT_EQ(create(application(), options).count_parameters(), application().base_parameters);
}

TEST_P(Network, takes_its_own_name_and_size_and_a_linear_end) {
  const Functional model =
      create(application(),
             {.weights = "none", .classes = 3, .classifier_activation = "linear", .name = "mine"});
  EXPECT_EQ(model.name(), "mine");
  const int64_t size = application().default_size;
  EXPECT_EQ(model.inputs()[0].shape(), (Shape{size, size, 3}));
  const Layer& last = model.outputs()[0].call()->layer;
  EXPECT_EQ(last.definition()->config().at("activation"), Config("linear"));
}

INSTANTIATE_TEST_SUITE_P(Every, Network, ::testing::ValuesIn(all().begin(), all().end()),
                         [](const auto& test) { return std::string(test.param->name); });

}  // namespace
}  // namespace thaw::applications
