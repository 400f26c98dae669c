// Every network's graph against Keras's: tools/golden/applications.py tells what is compared.

#include <gtest/gtest.h>

#include <sstream>

#include "support/config_json.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "thaw/applications/application.h"
#include "thaw/core/variable.h"
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
      if (key == "classes") options.classes = std::stoll(value);
      if (key == "pooling") options.pooling = value;
      if (key == "include_top") options.include_top = value == "True";
      const Config own = application().own_defaults();
      if (const Config* usual = own.find(key)) {
        if (usual->is_bool()) options.own.set(key, value == "True");
        if (usual->is_integer()) options.own.set(key, int64_t{std::stoll(value)});
        if (usual->is_number() && !usual->is_integer()) options.own.set(key, std::stod(value));
      }
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
  return result.empty() ? "-" : result;
}

/// The layers of `model`, those of a nested model behind it and without its input.
void describe(const Functional& model, std::vector<std::string>& lines) {
  for (const Layer& layer : model.layers()) {
    std::string line = std::string(layer.class_name()) + " " + layer.name() + " " +
                       words(model.output_of(layer.name()).shape());
    if (layer.nested() == nullptr) {
      for (const auto& variable : layer.variables())
        line += " " + variable->name() + "=" + words(variable->shape());
    }
    lines.push_back(std::move(line));
    if (layer.nested() == nullptr) continue;
    std::vector<std::string> inner;
    describe(*layer.nested(), inner);
    lines.insert(lines.end(), inner.begin() + 1, inner.end());
  }
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// "J N line;line": the first N lines of case J, then these.
std::vector<std::string> lines_of(const GoldenFile& golden, const std::string& key) {
  std::istringstream stream(golden.text(key));
  int64_t other = 0;
  size_t common = 0;
  std::string rest;
  stream >> other >> common;
  std::getline(stream.ignore(), rest);
  std::vector<std::string> lines;
  if (other >= 0) {
    lines = lines_of(golden, std::to_string(other) + ".layers");
    lines.resize(common);
  }
  for (std::string& line : split(rest, ';')) lines.push_back(std::move(line));
  return lines;
}

void expect_layers(const Functional& model, const std::vector<std::string>& expected) {
  std::vector<std::string> received;
  describe(model, received);
  ASSERT_EQ(received.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(received[i], expected[i]) << "layer " << i;
}

TEST_P(Network, has_the_layers_shapes_and_weights_of_keras_in_its_order) {
  ASSERT_GE(golden_.number("cases"), 5);
  for (int64_t index = 0; index < golden_.number("cases"); ++index) {
    SCOPED_TRACE(text(index, "options"));
    expect_layers(create(application(), options_of(index)),
                  lines_of(golden_, std::to_string(index) + ".layers"));
    if (HasFailure()) break;  // the other cases would say the same
  }
}

/// EfficientNet has one layer more; of the others nothing is recorded, since nothing changes.
TEST_P(Network, has_the_layers_that_keras_has_under_imagenet_weights) {
  for (int64_t index = 0; index < golden_.number("cases"); ++index) {
    SCOPED_TRACE(text(index, "options"));
    const std::string key = std::to_string(index) + ".";
    if (!golden_.has(key + "weights")) continue;
    Options options = options_of(index);
    options.weights = "imagenet";
    const bool differs = golden_.has(key + "with_imagenet");
    expect_layers(application().build(options),
                  lines_of(golden_, key + (differs ? "with_imagenet" : "layers")));
    if (HasFailure()) break;
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

/// Of an image's axes the last is 3 or −1, or a list of that.
bool is_last_axis(const Config& axis) {
  if (axis.is_list()) return axis.as_list().size() == 1 && is_last_axis(axis.as_list()[0]);
  return axis == Config(3) || axis == Config(-1);
}

bool agree(const Config& expected, const Config& received) {
  // One number for all channels, or a list of one.
  if (expected.is_number() && received.is_list() && received.as_list().size() == 1)
    return agree(expected, received.as_list()[0]);
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
    if (layer.nested() != nullptr) continue;
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
      const std::string& remote = file.remote_name.empty() ? file.name : file.remote_name;
      EXPECT_EQ(file.name + " " + file.address + remote + " " + file.hash, golden_.text(key))
          << text(index, "options");
    } else if (golden_.number("cases") >= 25 && !options.include_top &&
               options.input_shape[2] == 3) {
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
