// TensorFlow's SavedModels and frozen graphs: what TensorFlow wrote in each of its forms
// (tools/golden/tf_graphs.py), and what was made to do harm.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "formats/proto_bytes.h"
#include "support/engine.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/data/array_dataset.h"
#include "thaw/formats/format.h"
#include "thaw/formats/tensorflow/crc32c.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::field;

fs::path home() { return fs::path(THAW_SOURCE_FOLDER) / "tests/golden/tensorflow"; }

/// Folders, archives and frozen graphs: all that has golden values.
std::vector<std::string> cases() {
  std::vector<std::string> names;
  constexpr std::string_view ending = ".golden.gz";
  for (const auto& entry : fs::directory_iterator(home())) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::ranges::sort(names);
  return names;
}

int64_t trainable_numbers(const Functional& model) {
  int64_t count = 0;
  for (const VariablePtr& variable : model.trainable_variables())
    count += variable->shape().elements();
  return count;
}

class TensorFlow : public ::testing::TestWithParam<std::string> {};

TEST_P(TensorFlow, predicts_as_in_tensorflow) {
  const testing::GoldenFile golden("tensorflow/" + GetParam() + ".golden.gz");
  const fs::path path = home() / GetParam();
  const bool is_frozen = path.extension() == ".pb";
  EXPECT_EQ(model_formats::recognize(ModelInput(path)).name,
            is_frozen ? "graph_def" : "saved_model");
  const Tensor x = golden.array("x");
  const LoadOptions options{.input_shape = x.shape().without_batch()};
  const Model model = Model::load(path, options);
  const auto apart = testing::difference(golden.array("y"), model.predict(testing::engine(), x));
  EXPECT_LT(apart.relative_to_one(), 1e-5F) << apart.to_string();
  const float trainable = golden.array("trainable").values()[0];
  if (trainable >= 0) {  // a frozen graph does not say what trains
    EXPECT_EQ(trainable_numbers(load_model(path, options)), static_cast<int64_t>(trainable));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, TensorFlow, ::testing::ValuesIn(cases()), [](const auto& each) {
  std::string name = each.param;
  std::ranges::replace(name, '.', '_');
  return name;
});

TEST(TensorFlowNames, of_variables_are_those_of_layers) {
  for (const char* name : {"keras_export", "keras_saved", "tf_keras", "archive.tar.gz"}) {
    const Functional model = load_model(home() / name);
    for (const char* layer : {"stem", "stem_bn", "depthwise", "grouped", "dilated", "classes"})
      EXPECT_NO_THROW((void)model.get_layer(layer)) << name << ": " << layer;
  }
}

TEST(TensorFlowNames, of_files_in_the_folder_may_be_given_instead) {
  EXPECT_EQ(load_model(home() / "tensorflow_1/saved_model.pb").layers().size(),
            load_model(home() / "tensorflow_1").layers().size());
  const std::string bytes = read_file(home() / "archive.tar.gz");
  EXPECT_EQ(read_model_bytes(bytes).model.layers().size(),
            load_model(home() / "keras_export").layers().size());
}

/// Five steps of gradient descent on the module's own variables, its batch normalization in
/// inference, as tensorflow_hub loads it.
TEST(TensorFlowTraining, changes_a_hub_module_as_tensorflow_hub_does) {
  const testing::GoldenFile golden("tensorflow/training.hub.gz");
  const Functional module = load_model(home() / "hub_reusable", {.input_shape = Shape{16, 16, 3}});
  const Symbol image = input({16, 16, 3}, "given");
  const Model model(image, module(image, {.training = false}));
  model.compile({.optimizer = sgd({.learning_rate = 0.1}),
                 .loss = "categorical_crossentropy@from_logits=true"});
  const History history =
      model.fit(testing::engine(), ArrayDataset(golden.array("x"), golden.array("labels")),
                {.epochs = 5, .batch_size = 3, .shuffle = false});
  const Tensor losses = golden.array("losses");
  const std::vector<double> received = history.values("loss");
  ASSERT_EQ(received.size(), 5U);
  for (size_t step = 0; step < 5; ++step) EXPECT_NEAR(received[step], losses.values()[step], 1e-5);
  EXPECT_LT(received[4], received[0]);
  const auto variables = module.variables();
  const std::vector<std::string> names = {"first", "second",   "gamma", "beta",
                                          "mean",  "variance", "head",  "head_bias"};
  ASSERT_EQ(variables.size(), names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    const Tensor expected = golden.array(names[i]);
    const auto apart =
        testing::difference(expected, variables[i]->value().reshaped(expected.shape()));
    EXPECT_LT(apart.relative_to_one(), 1e-5F) << names[i] << ": " << apart.to_string();
  }
}

/// A frozen graph of such nodes.
class FrozenGraphs : public ::testing::Test {
 protected:
  static std::string error(const std::string& graph) {
    return error_of([&] { (void)read_model_bytes(graph); });
  }

  static std::string node(const std::string& name, const std::string& op,
                          const std::vector<std::string>& inputs = {},
                          const std::string& attributes = {}) {
    std::string content = field(1, name) + field(2, op);
    for (const std::string& input : inputs) content += field(3, input);
    return field(1, content + attributes);
  }
  static std::string attribute(const std::string& name, const std::string& value) {
    return field(5, field(1, name) + field(2, value));
  }
  static std::string shape(const std::vector<int64_t>& sizes) {
    std::string dims;
    for (const int64_t size : sizes) dims += field(2, field(1, size));
    return dims;
  }
  static std::string placeholder() {
    return node(
        "x", "Placeholder", {},
        attribute("dtype", field(6, 1)) + attribute("shape", field(7, shape({-1, 4, 4, 3}))));
  }
  static std::string constant(const std::string& name, const std::vector<int64_t>& sizes,
                              const std::string& values, int type = 1) {
    return node(name, "Const", {},
                attribute("value", field(8, field(1, type) + field(2, shape(sizes)) + values)));
  }
  static std::string function(const std::string& name, const std::string& nodes,
                              const std::string& result) {
    const std::string in = field(2, field(1, std::string("a")));
    const std::string out = field(3, field(1, std::string("r")));
    return field(2, field(1, field(1, field(1, name) + in + out) + nodes +
                                 field(4, field(1, std::string("r")) + field(2, result))));
  }
  static std::string called(const std::string& name) {
    return attribute("f", field(10, field(1, name)));
  }
};

TEST_F(FrozenGraphs, whose_operations_are_not_known_list_them_all) {
  const std::string message =
      error(placeholder() + node("a", "Bucketize", {"x"}) + node("b", "Cumsum", {"a"}));
  EXPECT_TRUE(contains(message, "Bucketize")) << message;
  EXPECT_TRUE(contains(message, "Cumsum")) << message;
}

/// A flip of half of the images, as Keras 3 has saved it.
TEST_F(FrozenGraphs, that_change_images_by_chance_leave_them_as_they_are) {
  const std::string flip =
      constant("half", {}, field(5, std::string("\0\0\0\x3f", 4))) +
      constant("sizes", {4}, field(7, std::string("\2\1\1\1", 4)), 3) +
      constant("axis", {1}, field(7, std::string("\2", 1)), 3) +
      node("random", "RandomUniform", {"sizes"}) + node("drawn", "LessEqual", {"random", "half"}) +
      node("flipped", "ReverseV2", {"x", "axis"}) +
      node("chosen", "SelectV2", {"drawn", "flipped", "x"}) + node("y", "Relu", {"chosen"});
  const ModelFile file = read_model_bytes(placeholder() + flip);
  ASSERT_EQ(file.dropped.size(), 1U);
  EXPECT_TRUE(contains(file.dropped[0], "node \"chosen\": changes images by chance"));
  EXPECT_EQ(file.model.layers().size(), 2U);
  const std::string message = error(placeholder() + node("random", "RandomUniform", {"x"}) +
                                    node("a", "Add", {"x", "random"}));
  EXPECT_TRUE(contains(message, "RandomUniform")) << message;
}

TEST_F(FrozenGraphs, that_go_round_in_a_circle_are_refused) {
  const std::string message = error(placeholder() + node("a", "Add", {"x", "b"}) +
                                    node("b", "Relu", {"a"}) + node("c", "Relu", {"b"}));
  EXPECT_TRUE(contains(message, "without loops")) << message;
}

TEST_F(FrozenGraphs, that_declare_billions_of_numbers_are_refused) {
  const std::string one = field(5, std::string("\0\0\x80\x3f", 4));
  const std::string message =
      error(placeholder() + constant("c", {1 << 20, 1 << 20}, one) + node("a", "Add", {"x", "c"}));
  EXPECT_TRUE(contains(message, "only declared")) << message;
  EXPECT_TRUE(contains(
      error(placeholder() + constant("c", {-3}, one) + node("a", "Add", {"x", "c"})), "node c"));
  EXPECT_TRUE(contains(error(placeholder() + constant("c", {5}, field(4, std::string("abc"))) +
                             node("a", "Add", {"x", "c"})),
                       "expected 20 bytes"));
}

TEST_F(FrozenGraphs, whose_functions_call_themselves_are_refused) {
  const std::string self =
      function("f",
               field(3, field(1, std::string("n")) + field(2, std::string("PartitionedCall")) +
                            field(3, std::string("a")) + called("f")),
               "n:output:0");
  const std::string message =
      error(placeholder() + node("c", "PartitionedCall", {"x"}, called("f")) + self);
  EXPECT_TRUE(contains(message, "without end")) << message;
}

/// Each function calls the next twice: 2^40 nodes.
TEST_F(FrozenGraphs, whose_functions_repeat_each_other_too_often_are_refused) {
  std::string library;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "f" + std::to_string(i + 1);
    const auto call = [&](const std::string& name, const std::string& input) {
      return field(3, field(1, name) + field(2, std::string("PartitionedCall")) + field(3, input) +
                          called(next));
    };
    library +=
        field(1, field(1, field(1, "f" + std::to_string(i)) + field(2, field(1, std::string("a"))) +
                              field(3, field(1, std::string("r")))) +
                     call("n", "a") + call("m", "n:output:0") +
                     field(4, field(1, std::string("r")) + field(2, std::string("m:output:0"))));
  }
  library += field(1, field(1, field(1, std::string("f40")) + field(2, field(1, std::string("a"))) +
                                   field(3, field(1, std::string("r")))) +
                          field(4, field(1, std::string("r")) + field(2, std::string("a"))));
  const std::string message =
      error(placeholder() + node("c", "PartitionedCall", {"x"}, called("f0")) + field(2, library));
  EXPECT_TRUE(contains(message, "far too often")) << message;
}

TEST_F(FrozenGraphs, that_are_not_frozen_say_so) {
  const std::string message =
      error(placeholder() + node("w", "VariableV2") + node("a", "Add", {"x", "w"}));
  EXPECT_TRUE(contains(message, "expected a frozen graph")) << message;
}

TEST_F(FrozenGraphs, that_read_what_is_not_there_are_refused) {
  EXPECT_TRUE(contains(error(placeholder() + node("a", "Add", {"x", "nothing"})),
                       "expected a node nothing"));
  EXPECT_TRUE(contains(error(placeholder() + node("a", "Relu", {"x"}) + node("b", "Relu", {"a:7"})),
                       "output"));
}

/// A SavedModel's folder in which one file is changed.
class DamagedSavedModels : public ::testing::Test {
 protected:
  DamagedSavedModels() {
    fs::copy(home() / "tensorflow_1", folder / "model", fs::copy_options::recursive);
  }
  std::string error() const {
    return error_of([&] { (void)load_model(folder / "model"); });
  }
  void change(const std::string& name, const std::function<void(std::string&)>& how) const {
    std::string bytes = read_file(folder / "model" / name);
    how(bytes);
    write_file(folder / "model" / name, bytes);
  }

  testing::TemporaryFolder folder;
  std::string index = "variables/variables.index";
  std::string data = "variables/variables.data-00000-of-00001";
};

TEST_F(DamagedSavedModels, are_read_while_they_are_whole) { EXPECT_EQ(error(), ""); }

TEST_F(DamagedSavedModels, without_variables_say_where_they_belong) {
  fs::remove_all(folder / "model/variables");
  EXPECT_TRUE(contains(error(), "no such file")) << error();
}

TEST_F(DamagedSavedModels, that_are_cut_off_are_refused) {
  change(data, [](std::string& bytes) { bytes.resize(bytes.size() / 2); });
  EXPECT_TRUE(contains(error(), "variables.data")) << error();
  change(index, [](std::string& bytes) { bytes.resize(bytes.size() / 2); });
  EXPECT_TRUE(contains(error(), "signature at the end")) << error();
}

TEST_F(DamagedSavedModels, whose_numbers_were_changed_are_refused) {
  change(data, [](std::string& bytes) { bytes[100] ^= 1; });
  EXPECT_TRUE(contains(error(), "checksum does not fit")) << error();
}

TEST_F(DamagedSavedModels, whose_index_was_changed_are_refused) {
  change(index, [](std::string& bytes) { bytes[40] ^= 1; });
  EXPECT_TRUE(contains(error(), "block whose checksum is another")) << error();
}

TEST_F(DamagedSavedModels, whose_graph_is_none_are_refused) {
  write_file(folder / "model/saved_model.pb", "\xff\xff\xff\xff");
  EXPECT_TRUE(contains(error(), "expected a SavedModel's graph")) << error();
}

/// A tar file of these members.
std::string tar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  constexpr size_t block = 512;
  std::string file;
  for (const auto& [name, content] : members) {
    std::string header(block, '\0');
    const auto put = [&](size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, std::string(8, ' '));
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const char byte : header) sum += static_cast<unsigned char>(byte);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    file += header + content + std::string((block - content.size() % block) % block, '\0');
  }
  return file + std::string(2 * block, '\0');
}

TEST(TensorFlowArchives, are_read_below_any_folder_and_lead_nowhere) {
  const testing::TemporaryFolder folder;
  const auto model = [](const char* name) { return read_file(home() / "tensorflow_1" / name); };
  const auto error = [&](const std::string& prefix, const std::string& other) {
    std::vector<std::pair<std::string, std::string>> members;
    for (const char* name :
         {"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"})
      members.emplace_back(prefix + name, model(name));
    if (!other.empty()) members.emplace_back(other, "x");
    write_file(folder / "model.tar", tar_of(members));
    return error_of([&] { (void)load_model(folder / "model.tar"); });
  };
  for (const char* prefix : {"", "./", "a/", "a/b.c/"}) EXPECT_EQ(error(prefix, ""), "") << prefix;
  EXPECT_EQ(error("a/", "../saved_model.pb"), "") << "left out";
  EXPECT_TRUE(contains(error("a/", "b/saved_model.pb"), "an archive of one SavedModel"))
      << error("a/", "b/saved_model.pb");
  for (const char* prefix : {"../", "/", "a/../../"})
    EXPECT_TRUE(contains(error(prefix, ""), "expected a model")) << error(prefix, "");
}

TEST(TensorFlowChecksums, are_those_of_the_standard) {
  EXPECT_EQ(tensorflow::crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(tensorflow::crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(tensorflow::crc32c(""), 0U);
}

}  // namespace
}  // namespace thaw
