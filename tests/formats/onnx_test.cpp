// ONNX's files: every graph of tests/golden/onnx/, which tools/golden/onnx_graphs.py wrote with
// what ONNX Runtime, PyTorch or Keras makes of it, and those of the fuzz corpus made to do harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/formats/onnx/read_onnx.h"
#include "thaw/train/model.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

std::filesystem::path folder() {
  return std::filesystem::path(THAW_SOURCE_FOLDER) / "tests/golden/onnx";
}
std::filesystem::path hostile(const std::string& name) {
  return std::filesystem::path(THAW_SOURCE_FOLDER) / "tests/fuzz/corpus/onnx" / (name + ".onnx");
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

bool has_permute(const Functional& model) {
  return std::ranges::any_of(model.layers(),
                             [](const Layer& layer) { return layer.class_name() == "Permute"; });
}

class Onnx : public ::testing::TestWithParam<std::string> {};

TEST_P(Onnx, computes_what_its_source_does) {
  const auto path = folder() / (GetParam() + ".onnx");
  const testing::GoldenFile golden("onnx/" + GetParam() + ".golden.gz");
  EXPECT_EQ(model_formats::recognize(ModelInput(path)).name, "onnx");
  const Functional network = load_model(path);
  EXPECT_FALSE(golden.text("channels_last") == "yes" && has_permute(network));
  Model model(network);
  const Tensor expected = golden.array("y");
  const Tensor received = model.predict(testing::engine(), golden.array("x"));
  const testing::Difference difference = testing::difference(expected, received);
  EXPECT_LT(difference.relative_to_one(), 1e-4F) << difference.to_string();
}

/// As Keras's file it is the same network: what layers hold is in their configs.
TEST_P(Onnx, is_saved_as_keras_does) {
  const testing::TemporaryFolder temporary;
  const Functional network = load_model(folder() / (GetParam() + ".onnx"));
  save_model(network, temporary / "model.keras");
  const testing::GoldenFile golden("onnx/" + GetParam() + ".golden.gz");
  Model model(load_model(temporary / "model.keras"));
  const testing::Difference difference =
      testing::difference(golden.array("y"), model.predict(testing::engine(), golden.array("x")));
  EXPECT_LT(difference.relative_to_one(), 1e-4F) << difference.to_string();
}

INSTANTIATE_TEST_SUITE_P(Every, Onnx, ::testing::ValuesIn(golden_names()),
                         [](const auto& case_of) { return case_of.param; });

TEST(OnnxFiles, name_layers_as_their_source_does) {
  const auto names_of = [](const char* file) {
    const Functional network = load_model(folder() / file);
    std::vector<std::string> names;
    for (const Layer& layer : network.layers()) names.push_back(layer.name());
    return names;
  };
  for (const char* file : {"resnet_script_17.onnx", "resnet_dynamo_fixed.onnx"}) {
    const std::vector<std::string> names = names_of(file);
    for (const char* name : {"conv1", "layer2.0.conv1", "layer4.0.conv2", "fc"})
      EXPECT_NE(std::ranges::find(names, name), names.end()) << file << ": " << name;
  }
}

TEST(OnnxFiles, take_the_size_that_they_leave_open_from_the_caller) {
  const auto path = hostile("good_conv");
  EXPECT_EQ(load_model(path).inputs()[0].shape(), Shape({4, 4, 3}));
}

TEST(OnnxFiles, of_other_kinds_are_none) {
  const auto refused = [](const std::string& bytes) { return !onnx::is_onnx(bytes); };
  // A SavedModel, a frozen graph of TensorFlow, CoreML's, and what is too short to tell.
  EXPECT_TRUE(refused(std::string("\x08\x01\x12\xd3\x86\x03\x0a\x20\x12\x08", 10)));
  EXPECT_TRUE(refused(std::string("\x0a\x2b\x0a\x05image\x12\x0bPlaceholder", 21)));
  EXPECT_TRUE(refused(std::string("\x08\x04\x12\x40\x0a\x10\x0a\x05image\x1a", 12)));
  EXPECT_TRUE(refused(std::string("\x08\x07", 2)));
}

TEST(OnnxFiles, refuse_what_does_harm_and_say_why) {
  const std::pair<const char*, const char*> expected[] = {
      {"huge_tensor", "expected 1099511627776 numbers, received 0"},
      {"huge_product", "tensor \"w\""},
      {"negative_size", "tensor \"w\""},
      {"short_tensor", "expected 6 numbers, received 20 bytes"},
      {"texts", "received texts"},
      {"eight_bit_floats", "export the model before it is quantized"},
      {"leads_out", "in the model's own folder, received the path \"../good_conv.onnx\""},
      {"absolute", "in the model's own folder, received the path \"/etc/passwd\""},
      {"past_the_end", "expected 24 bytes from 4611686018427387904 on"},
      {"cycle", "made before they are read, received \"b\""},
      {"itself", "made before they are read, received \"y\""},
      {"made_twice", "names of their own, received \"y\" twice"},
      {"quantized", "without quantizing it"},
      {"old_opset", "received 6"},
      {"future_opset", "received 1000"},
      {"chosen_by_input", "export the model with fixed sizes"},
      {"calls_itself", "at most 64 calls deep"},
      {"doubling_calls", "that come to at most"},
      {"huge_constant", "ConstantOfShape"},
      {"huge_expand", "Expand"},
      {"huge_range", "Range"},
      {"huge_pad", "Pad"},
      {"no_shape", "number of axes"},
      {"strange_axes", "expected an axis of"},
      {"strange_kernel", "strides: expected 2 numbers from 1"},
      {"deep_branches", "cut off or damaged"},
      {"cut", "cut off or damaged"},
  };
  for (const auto& [name, message] : expected) {
    const std::string error = error_of([&] { load_model(hostile(name)); });
    EXPECT_TRUE(contains(error, message)) << name << ": " << error;
  }
}

TEST(OnnxFiles, list_all_that_is_not_known_at_once) {
  const std::string error = error_of([] { load_model(hostile("unknown")); });
  for (const char* part : {"Loop (\"loop\")", "NonZero (\"places\")", "own.Magic (\"magic\")"})
    EXPECT_TRUE(contains(error, part)) << error;
}

TEST(OnnxFiles, never_follow_a_link_out_of_their_folder) {
  const testing::TemporaryFolder temporary;
  std::filesystem::create_directories(temporary / "inside");
  const auto copy = temporary / "inside/model.onnx";
  std::filesystem::copy_file(folder() / "form_elsewhere.onnx", copy);
  const auto error = [&] { return error_of([&] { load_model(copy); }); };
  EXPECT_TRUE(contains(error(), "\"form_elsewhere.data\", which is not there")) << error();
  std::filesystem::copy_file(folder() / "form_elsewhere.data", temporary / "outside.data");
  const auto link = temporary / "inside/form_elsewhere.data";
  std::filesystem::create_symlink("../outside.data", link);
  EXPECT_TRUE(contains(error(), "a link that leads out of it")) << error();
  std::filesystem::remove(link);
  std::filesystem::rename(temporary / "outside.data", link);
  EXPECT_EQ(load_model(copy).inputs().size(), 1U);
}

}  // namespace
}  // namespace thaw
