// PyTorch's state dicts: what tools/golden/torch_files.py wrote with PyTorch, and what it made to
// do harm.

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/formats/format.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/prelu.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(THAW_SOURCE_FOLDER) / "tests/golden/torch" / name;
}
std::filesystem::path hostile(const std::string& name) {
  return std::filesystem::path(THAW_SOURCE_FOLDER) / "tests/fuzz/corpus/torch" / (name + ".pth");
}

/// torch_files.py's small().
Functional small_torch(int64_t classes = 4) {
  const Symbol image = input({5, 5, 2});
  Symbol x = conv_2d({.filters = 3, .kernel_size = 3, .use_bias = false, .name = "stem"})(image);
  x = depthwise_conv_2d({.kernel_size = 3, .depth_multiplier = 2, .name = "dwconv"})(x);
  x = batch_normalization({.name = "norm"})(x);
  x = global_average_pooling_2d()(x);
  return Functional(image, dense({.units = classes, .name = "top"})(x), "small");
}

const WeightsOptions options{
    .layer_names = {{{"stem", "features.0"}, {"top", "head"}},
                    {{"stem", "stem"}, {"dwconv", "dw"}, {"norm", "bn"}, {"top", "fc"}}}};

Tensor value(const Functional& model, const std::string& layer, size_t index) {
  return model.get_layer(layer).variables()[index]->value();
}

/// Weight n of all is 0.01·n in PyTorch's order.
void expect_small(const Functional& model, float tolerance, const std::string& file) {
  SCOPED_TRACE(file);
  const Tensor stem = value(model, "stem", 0);      // [3, 3, 2, 3] of [3, 2, 3, 3]
  const Tensor dwconv = value(model, "dwconv", 0);  // [3, 3, 3, 2] of [6, 1, 3, 3]
  for (int64_t place = 0; place < 9; ++place) {
    for (int64_t in = 0; in < 2; ++in)
      for (int64_t out = 0; out < 3; ++out)
        EXPECT_NEAR(stem.values()[static_cast<size_t>((place * 2 + in) * 3 + out)],
                    0.01F * static_cast<float>((out * 2 + in) * 9 + place), tolerance);
    for (int64_t out = 0; out < 6; ++out)
      EXPECT_NEAR(dwconv.values()[static_cast<size_t>(place * 6 + out)],
                  0.01F * static_cast<float>(54 + out * 9 + place), tolerance);
  }
  const Tensor top = value(model, "top", 0);  // [6, 4] of [4, 6]
  for (int64_t in = 0; in < 6; ++in)
    for (int64_t out = 0; out < 4; ++out)
      EXPECT_NEAR(top.values()[static_cast<size_t>(in * 4 + out)],
                  0.01F * static_cast<float>(138 + out * 6 + in), tolerance);
  EXPECT_NEAR(value(model, "dwconv", 1).values()[5], 1.13F, tolerance);
  for (size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(value(model, "norm", i).values()[2], 0.01F * static_cast<float>(116 + 6 * i),
                tolerance);
  EXPECT_NEAR(value(model, "top", 1).values()[3], 1.65F, tolerance);
}

TEST(Torch, reads_every_form_of_a_state_dict) {
  for (const char* name :
       {"zip.pth", "zip_protocol_4.pth", "zip_parallel.pth", "zip_parameters.pth", "zip_views.pth",
        "zip_double.pth", "legacy.pth", "legacy_protocol_4.pth", "legacy_parallel.pth",
        "legacy_parameters.pth", "legacy_views.pth", "zip_half.pth", "zip_bfloat16.pth"}) {
    const Functional model = small_torch();
    const WeightsReport report = load_weights(model, golden(name), options);
    EXPECT_EQ(report.loaded, 9) << name;
    EXPECT_TRUE(report.skipped.empty() && report.missing.empty()) << name;
    const bool is_rough = contains(name, "half") || contains(name, "bfloat16");
    expect_small(model, is_rough ? 0.008F : 1e-6F, name);
    EXPECT_EQ(model_formats::recognize(ModelInput(golden(name))).name, "torch");
    EXPECT_EQ(model_formats::recognize(ModelInput(read_file(golden(name)))).name, "torch");
  }
}

TEST(Torch, tells_what_does_not_fit_and_leaves_the_model_as_it_was) {
  const Functional model = small_torch(5);
  const Tensor before = value(model, "stem", 0).clone();
  const auto load = [&](const WeightsOptions& how) {
    return error_of([&] { load_weights(model, golden("zip.pth"), how); });
  };
  EXPECT_TRUE(contains(load(options),
                       "layer \"top\": weight \"kernel\": expected shape (5, 6) of "
                       "fc.weight, received (4, 6)"))
      << load(options);
  EXPECT_TRUE(contains(load({}), "names of a network that is known by them (this one is not)"))
      << load({});
  WeightsOptions without_norm = options;
  without_norm.layer_names[1].erase("norm");
  EXPECT_TRUE(contains(load(without_norm), "layer \"norm\": weight \"gamma\": expected a tensor"))
      << load(without_norm);
  EXPECT_TRUE(std::ranges::equal(before.values(), value(model, "stem", 0).values()));

  WeightsOptions lenient = options;
  lenient.skip_mismatch = true;
  const WeightsReport report = load_weights(model, golden("zip.pth"), lenient);
  EXPECT_EQ(report.missing, std::vector<std::string>{"top"});
  EXPECT_EQ(report.loaded, 7);
}

/// Else a flat network would take a deep one's first layers.
TEST(Torch, of_a_deeper_network_is_refused) {
  const Symbol image = input({5, 5, 2});
  const Functional model(
      image, conv_2d({.filters = 3, .kernel_size = 3, .use_bias = false, .name = "stem"})(image),
      "flat");
  WeightsOptions flat = options;
  flat.layer_names[1].erase("dwconv");
  const std::string error = error_of([&] { load_weights(model, golden("zip.pth"), flat); });
  EXPECT_TRUE(contains(error, "received dw.bias too: the file is of another network")) << error;
  EXPECT_EQ(load_weights(model, golden("zip.pth"), options).loaded, 1);  // without its top
}

TEST(Torch, refuses_layers_of_which_it_does_not_know_the_layout) {
  const Symbol image = input({5, 5, 2});
  const Functional model(image, prelu({.name = "stem"})(image), "other");
  const std::string error = error_of([&] { load_weights(model, golden("zip.pth"), options); });
  EXPECT_TRUE(contains(error, "received a PReLU")) << error;
}

TEST(Torch, is_no_whole_model) {
  EXPECT_FALSE(is_whole_model(golden("zip.pth")));
  EXPECT_TRUE(contains(error_of([] { load_model(golden("legacy.pth")); }), "weights alone"));
}

TEST(Torch, refuses_hostile_files_and_says_why) {
  const auto error = [](const char* name) {
    const Functional model = small_torch();
    return error_of([&] { load_weights(model, hostile(name), options); });
  };
  const std::pair<const char*, const char*> expected[] = {
      {"other_global", "asks for os.system, and code of a file is never run"},
      {"other_global_legacy", "asks for os.system"},
      {"stack_global", "asks for builtins.eval"},
      {"old_class", "asks for os.system"},
      {"huge_size", "received 1152921504606846976"},
      {"huge_storage", "expected 2199023255552 bytes of storage 0"},
      {"huge_stride", "expected a stride of 0 to 2^40"},
      {"zero_stride", "received strides (0, 1) of (2, 2)"},
      {"strides_overlap", "received strides (1, 1) of (2, 2)"},
      {"negative_offset", "expected an offset of 0 to 2^40, received -1"},
      {"past_the_end", "received one at number 4"},
      {"tensors_overlap", "received a and b that overlap in storage 0"},
      {"two_lengths", "expected storage 0 of one type and length"},
      {"no_storage", "expected storage archive/data/0"},
      {"storage_twice", "expected storage 0 once"},
      {"strange_storage", "expected storages that a tensor has"},
      {"other_length", "expected 4 numbers, received 3"},
      {"cut_legacy", "received a file of"},
      {"cut_zip", "expected a zip file"},
      {"itself", "expected a state dict"},
      {"deep", "expected a state dict"},
      {"memo_bomb", "expected a state dict"},
      {"no_tensors", "expected a state dict"},
      {"empty_stack", "a value taken from an empty stack"},
      {"protocol_0", "protocol 2 or later"},
  };
  for (const auto& [name, message] : expected)
    EXPECT_TRUE(contains(error(name), message)) << name << ": " << error(name);
}

TEST(Safetensors, hold_weights_as_floats_or_halves) {
  const testing::TemporaryFolder folder;
  const Functional model = small_torch();
  load_weights(model, golden("zip.pth"), options);
  save_weights(model, folder / "full.safetensors");
  save_weights(model, folder / "half.safetensors", WeightsPrecision::half);
  const auto size = [&](const char* name) { return std::filesystem::file_size(folder / name); };
  EXPECT_LT(size("half.safetensors"), size("full.safetensors") - 300);
  for (const char* name : {"full.safetensors", "half.safetensors"}) {
    const Functional other = small_torch();
    EXPECT_EQ(load_weights(other, folder / name).loaded, 9);
    expect_small(other, contains(name, "full") ? 1e-6F : 0.001F, name);
    EXPECT_FALSE(is_whole_model(folder / name));
  }
  const Functional wide = small_torch(5);
  const std::string error = error_of([&] { load_weights(wide, folder / "full.safetensors"); });
  EXPECT_TRUE(contains(error, "layer \"top\": weight \"kernel\": expected shape (6, 5)")) << error;
}

TEST(Safetensors, of_pytorch_are_read_by_its_names) {
  const testing::TemporaryFolder folder;
  const Functional model = small_torch();
  load_weights(model, golden("zip.pth"), options);
  // As PyTorch has them: the order of [6, 4] is that of [4, 6] again.
  TensorFile file;
  const auto add = [&](const char* name, Shape shape, float first) {
    Tensor tensor(std::move(shape));
    for (float& number : tensor.values()) number = 0.01F * first++;
    file.tensors.emplace_back(name, tensor);
  };
  add("stem.weight", {3, 2, 3, 3}, 0);
  add("dw.weight", {6, 1, 3, 3}, 54);
  add("dw.bias", {6}, 108);
  add("bn.weight", {6}, 114);
  add("bn.bias", {6}, 120);
  add("bn.running_mean", {6}, 126);
  add("bn.running_var", {6}, 132);
  add("fc.weight", {4, 6}, 138);
  add("fc.bias", {4}, 162);
  save_safetensors(file, folder / "model.safetensors");
  const Functional other = small_torch();
  EXPECT_EQ(load_weights(other, folder / "model.safetensors", options).loaded, 9);
  expect_small(other, 1e-6F, "model.safetensors");
}

TEST(Safetensors, refuse_what_a_half_cannot_hold) {
  const testing::TemporaryFolder folder;
  const Functional model = small_torch();
  value(model, "top", 1).values()[0] = 70000;
  const std::string error =
      error_of([&] { save_weights(model, folder / "half.safetensors", WeightsPrecision::half); });
  EXPECT_TRUE(contains(error, "top/bias: expected values of at most 65504")) << error;
  EXPECT_FALSE(std::filesystem::exists(folder / "half.safetensors"));
  EXPECT_TRUE(contains(error_of<UsageError>([&] {
                         save_weights(model, folder / "half.weights.h5", WeightsPrecision::half);
                       }),
                       "expected full precision"));
}

}  // namespace
}  // namespace thaw
