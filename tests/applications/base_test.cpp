#include <gtest/gtest.h>

#include <algorithm>

#include "support/error_of.h"
#include "support/shared_files.h"
#include "thaw/applications/application.h"
#include "thaw/applications/networks/mobilenet.h"
#include "thaw/applications/networks/mobilenet_v2.h"
#include "thaw/core/variable.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/flatten.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/rescaling.h"

namespace thaw::applications {
namespace {

using thaw::testing::contains;
using thaw::testing::error_of;
using thaw::testing::shared_file;

Functional make(const Application& application, bool include_top, const std::string& pooling = "") {
  const int64_t size = std::max<int64_t>(64, application.minimum_size);
  return create(application, {.input_shape = {size, size, 3},
                              .include_top = include_top,
                              .weights = "none",
                              .classes = 5,
                              .pooling = pooling});
}

std::vector<std::string> names_of(const Functional& model) {
  std::vector<std::string> names;
  for (const Layer& layer : model.layers()) names.push_back(layer.name());
  return names;
}

/// Without top, ConvNeXt ends in a normalization, which comes after the pooling where that is asked
/// for and is another one with top: of either the base ends before it.
std::vector<std::string> before_the_end(const Functional& model) {
  auto names = names_of(model);
  if (names.back() == "layer_normalization") names.pop_back();
  return names;
}

/// A head as people put it on: the whole base as one layer, then pooling and a Dense.
Functional with_head(const Functional& base, bool rescales = false) {
  const Symbol image = input(base.inputs()[0].shape(), "photo");
  const Symbol x =
      base(rescales ? rescaling({.scale = {1 / 127.5F}, .offset = {-1}})(image) : image,
           {.training = false});
  return Functional(image, dense({.units = 2, .name = "head"})(global_average_pooling_2d()(x)),
                    "with_head");
}

class Base : public ::testing::TestWithParam<const Application*> {};

TEST_P(Base, of_a_network_with_top_is_the_network_without) {
  const Functional whole = make(*GetParam(), true);
  EXPECT_EQ(recognize(whole), GetParam());
  const Functional base = base_of(whole);
  const Functional expected = make(*GetParam(), false);
  EXPECT_EQ(names_of(base), before_the_end(expected));
  EXPECT_EQ(base.outputs()[0].shape(), expected.outputs()[0].shape());
  EXPECT_EQ(base.variables()[0], whole.variables()[0]) << "weights are shared, not copied";
}

TEST_P(Base, is_recognized_by_its_layers_under_any_name) {
  Options options{.include_top = false, .weights = "none"};
  const auto layers = names_of(create(*GetParam(), options));
  for (const char* name : {"mine", "resnet50v2_of_mine", "efficientnetb1"}) {
    options.name = name;
    const Functional model = create(*GetParam(), options);
    // ConvNeXt's layers bear the model's name, and are not the same under another.
    const bool is_the_same = names_of(model) == layers;
    EXPECT_EQ(recognize(model), is_the_same ? GetParam() : nullptr) << name;
    EXPECT_EQ(is_the_same, !GetParam()->name.starts_with("convnext"));
  }
}

TEST_P(Base, of_a_base_is_itself_and_pooling_is_no_part_of_it) {
  const Functional plain = make(*GetParam(), false);
  EXPECT_EQ(names_of(base_of(plain)), names_of(plain));
  EXPECT_EQ(names_of(base_of(make(*GetParam(), false, "max"))), before_the_end(plain));
}

TEST_P(Base, is_found_inside_a_model_with_another_head) {
  const Functional base = make(*GetParam(), false);
  const Functional inner = with_head(base);
  const Symbol image = input(base.inputs()[0].shape());
  const Functional model(image, inner(image));
  EXPECT_EQ(recognize(model), GetParam());
  EXPECT_EQ(names_of(base_of(model)), names_of(base));
}

TEST_P(Base, keeps_what_comes_before_it) {
  const Functional base = make(*GetParam(), false);
  const Functional found = base_of(with_head(base, true));
  ASSERT_EQ(found.layers().size(), 3U);
  EXPECT_EQ(found.layers()[1].class_name(), "Rescaling");
  EXPECT_EQ(found.layers()[2].name(), base.name());
  EXPECT_EQ(found.output_of(base.name()).call()->training, false);
}

INSTANTIATE_TEST_SUITE_P(Every, Base, ::testing::ValuesIn(all().begin(), all().end()),
                         [](const auto& test) { return std::string(test.param->name); });

TEST(Recognize, width_and_options_do_not_matter_and_a_missing_layer_does) {
  const auto& mobilenet = *find("mobilenet").first;
  const MobileNetOptions own{.alpha = 0.25, .depth_multiplier = 2};
  EXPECT_EQ(recognize(create(mobilenet, {.weights = "none", .own = own})), &mobilenet);
  const Functional part = make(mobilenet, false);
  EXPECT_EQ(recognize(part.up_to(part.output_of("conv_pw_12_relu"))), nullptr);
  const Symbol image = input({8, 8, 3});
  EXPECT_EQ(recognize(Functional(image, conv_2d({.filters = 2, .kernel_size = 3})(image))),
            nullptr);
}

TEST(Recognize, knows_networks_of_the_same_layers_by_their_widths_and_minimalistic_ones_too) {
  for (const char* name :
       {"efficientnet_b1", "efficientnet_b2", "mobilenet_v3_small@minimalistic=true",
        "mobilenet_v3_large@minimalistic=true,alpha=0.75",
        "mobilenet_v3_large@include_preprocessing=false"}) {
    auto [application, options] = find(name);
    options.weights = "none";
    EXPECT_EQ(recognize(create(*application, options)), application) << name;
  }
}

/// As when a process made other networks before: "conv2d_94" where "conv2d" was.
TEST(Recognize, counts_automatic_names_from_where_they_begin) {
  for (const char* name : {"inception_v3", "inception_resnet_v2", "xception", "nasnet_mobile"}) {
    const Application* application = find(name).first;
    const Functional model = create(*application, {.weights = "none"});
    int renamed = 0;
    for (const Layer& layer : model.layers()) {
      const std::string old = layer.name();
      for (const std::string kind : {"conv2d", "batch_normalization", "activation"}) {
        if (!old.starts_with(kind)) continue;
        const std::string number = old.substr(kind.size());
        if (!number.empty() && number[0] != '_') continue;
        layer.set_name(kind + "_" +
                       std::to_string(94 + (number.empty() ? 0 : std::stoi(number.substr(1)))));
        ++renamed;
      }
    }
    EXPECT_GT(renamed, 3) << name;
    EXPECT_EQ(recognize(model), application) << name;
    EXPECT_TRUE(base_of(model).outputs()[0].shape().rank() == 3) << name;
  }
}

TEST(Base, of_an_unknown_network_ends_before_its_last_global_pooling) {
  const Symbol image = input({16, 16, 3});
  Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .name = "one"})(image);
  x = conv_2d({.filters = 4, .kernel_size = 14, .name = "a_point"})(x);
  const Functional pooled(image, dense({.units = 2})(global_average_pooling_2d()(x)));
  EXPECT_EQ(names_of(base_of(pooled)).back(), "a_point");
  const Functional flattened(image, dense({.units = 2})(flatten()(x)));
  EXPECT_EQ(names_of(base_of(flattened)).back(), "one") << "the last image larger than 1×1";
}

TEST(Base, of_a_model_without_images_is_an_error_that_names_it) {
  const Symbol x = input({16});
  const Functional model(x, dense({.units = 2})(x), "only_dense");
  const std::string message = error_of([&] { base_of(model); });
  EXPECT_TRUE(contains(message, "only_dense")) << message;
  const Symbol image = input({16, 16, 3});
  EXPECT_NE(error_of([&] { base_of(Functional(image, dense({.units = 2})(flatten()(image)))); }),
            "");
}

TEST(SharedBase, of_the_teachable_export_is_mobilenet_v2_by_every_name_and_shape) {
  const auto file = shared_file("weights/mobilenet_v2_0.35_224_teachable.h5");
  THAW_NEEDS_SHARED_FILE(file);
  const Functional model = load_model(file);
  const Application* mobilenet_v2 = find("mobilenet_v2").first;
  EXPECT_EQ(recognize(model), mobilenet_v2);
  const Functional base = base_of(model);
  EXPECT_EQ(base.outputs()[0].shape(), (Shape{7, 7, 1280}));
  EXPECT_EQ(base.variables().size(), 260U);

  const Options options{
      .include_top = false, .weights = "none", .own = MobileNetV2Options{.alpha = 0.35}};
  const Functional expected = create(*mobilenet_v2, options);
  EXPECT_EQ(base.count_parameters(), expected.count_parameters());
  const auto report = load_weights(expected, file, {.match = MatchWeights::by_name});
  EXPECT_EQ(report.loaded, 260);
  EXPECT_TRUE(report.missing.empty());
  const auto a = base.variables();
  const auto b = expected.variables();
  for (size_t i = 0; i < b.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(a[i]->value().values(), b[i]->value().values())) << i;
}

TEST(SharedBase, of_the_mobilenet_with_top_is_the_one_without) {
  const auto file = shared_file("weights/mobilenet_v1_0.25_224.h5");
  THAW_NEEDS_SHARED_FILE(file);
  const Functional model = load_model(file);
  EXPECT_EQ(recognize(model), find("mobilenet").first);
  const Functional base = base_of(model);
  EXPECT_EQ(base.outputs()[0].shape(), (Shape{7, 7, 256}));
  EXPECT_EQ(base.count_parameters(), 218'544);  // tests/golden/applications/mobilenet.golden.gz
}

/// Keras 1 wrote no size, no Keras version and names such as "uniform1" into this file.
TEST(SharedBase, of_squeezenet_loads_from_the_file_of_keras_1) {
  const auto file = shared_file("weights/squeezenet_1.1_notop.h5");
  THAW_NEEDS_SHARED_FILE(file);
  const Functional model =
      create(*find("squeezenet").first, {.include_top = false, .weights = file.string()});
  const auto check = [&](const char* layer, size_t weight, double sum, float first, float last) {
    const VariablePtr variable = model.get_layer(layer).variables().at(weight);
    const auto values = variable->value().values();
    double received = 0;
    for (const float x : values) received += x;
    // The sum of float32 values in float64, as NumPy's, in another order.
    EXPECT_NEAR(received, sum, 1e-6) << layer << " " << variable->name();
    EXPECT_EQ(values.front(), first) << layer << " " << variable->name();
    EXPECT_EQ(values.back(), last) << layer << " " << variable->name();
  };
  check("conv1", 0, -2.9973132426930533, 0.25723463F, 0.18955915F);
  check("conv1", 1, 2.0016083255177364, -0.014374157F, -0.024214776F);
  check("fire5/expand3x3", 0, -174.01838231254715, 0.11965937F, 0.0017621169F);
  check("fire5/expand3x3", 1, 0.16054258315853076, 0.001249566F, -0.015703766F);
  check("fire9/expand1x1", 0, -403.4262908005163, -0.094923295F, -0.1252287F);
  check("fire9/expand1x1", 1, 4.040613920529722, 0.019778287F, 0.020253291F);
  check("fire9/expand3x3", 0, -855.1462849080947, 0.09164338F, -0.020507172F);
  check("fire9/expand3x3", 1, 1.9432935516488214, 0.0044647898F, 0.010036248F);
  const auto report =
      load_weights(create(*find("squeezenet").first, {.include_top = false, .weights = "none"}),
                   file, {.match = MatchWeights::by_order});
  EXPECT_EQ(report.loaded, 50);
  EXPECT_TRUE(report.missing.empty() && report.skipped.empty());
}

}  // namespace
}  // namespace thaw::applications
