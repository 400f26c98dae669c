#include "thaw/data/preprocessing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/golden_file.h"
#include "support/image_files.h"
#include "thaw/core/error.h"
#include "thaw/core/fields.h"

namespace thaw {
namespace {

TEST(Preprocessing, gives_the_numbers_of_kerass_preprocess_input) {
  const testing::GoldenFile golden("data/preprocessing.golden.gz");
  for (const char* name : {"tf", "caffe", "torch"}) {
    Tensor pixels = golden.array("pixels");
    preprocessing(name).apply(pixels.values());
    const auto difference = testing::difference(golden.array(name), pixels);
    // Keras divides where we multiply by the reciprocal: two roundings more, each half a unit in
    // the last place of a term below 8, twice over. "caffe" only subtracts: the same bits.
    const float tolerance = std::string_view(name) == "caffe" ? 0 : 2 * 0x1p-21F;
    EXPECT_LE(difference.largest, tolerance) << name << ": " << difference.to_string();
    EXPECT_GT(difference.scale, 0.5F) << name;
  }
}

TEST(Preprocessing, none_changes_nothing) {
  std::vector<float> pixels = {0, 1, 2, 253.5F, 254, 255};
  const std::vector<float> before = pixels;
  preprocessing("none").apply(pixels);
  EXPECT_EQ(pixels, before);
}

TEST(Preprocessing, is_the_affine_map_that_it_tells) {
  for (const auto& [name, mode] : preprocessings()) {
    std::vector<float> pixels = {10, 100, 250};
    mode.apply(pixels);
    for (size_t c = 0; c < 3; ++c) {
      const size_t source = mode.channels == ChannelOrder::bgr ? 2 - c : c;
      const float value = std::array{10.0F, 100.0F, 250.0F}.at(source);
      EXPECT_FLOAT_EQ(pixels[c], value * mode.scale.at(c) + mode.offset.at(c)) << name << c;
    }
  }
}

TEST(Preprocessing, of_a_mean_and_a_deviation_is_torchs_where_they_are_imagenets) {
  EXPECT_EQ(Preprocessing::standardized({0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}),
            preprocessing("torch"));
  const Preprocessing half = Preprocessing::standardized({0.5, 0.25, 0}, {0.5, 0.25, 1});
  std::vector<float> pixels = {0, 0, 0, 255, 255, 255};
  half.apply(pixels);
  const std::vector<float> expected = {-1, -1, 0, 1, 3, 1};
  for (size_t i = 0; i < pixels.size(); ++i)
    EXPECT_NEAR(pixels[i], expected[i], 4 * 0x1p-23F) << i;  // the scale is rounded once
  EXPECT_THROW((void)Preprocessing::standardized({0, 0, 0}, {1, 0, 1}), UsageError);
  EXPECT_THROW((void)Preprocessing::standardized({NAN, 0, 0}, {1, 1, 1}), UsageError);
}

TEST(Preprocessing, is_written_as_its_name_where_it_has_one) {
  for (const auto& [name, mode] : preprocessings()) {
    EXPECT_EQ(mode.name(), name);
    EXPECT_EQ(mode.to_config(), Config(std::string(name)));
    EXPECT_EQ(Preprocessing::from_config(mode.to_config()), mode) << name;
  }
}

TEST(Preprocessing, of_any_numbers_is_written_and_read_to_the_last_bit) {
  const Preprocessing own{.scale = {0.1F, 1.0F / 3, 0x1.fffffep-7F},
                          .offset = {-0.7F, 0, 12.3F},
                          .channels = ChannelOrder::bgr};
  EXPECT_EQ(own.name(), "");
  const Config written = own.to_config();
  EXPECT_EQ(written.at("channels"), Config("bgr"));
  EXPECT_EQ(Preprocessing::from_config(written), own);
  EXPECT_NE(fields::exact_text(own), fields::exact_text(preprocessing("caffe")));
  Config moments;
  moments.set("mean", Config::List{0.5, 0.5, 0.5}).set("deviation", Config::List{0.5, 0.5, 0.5});
  EXPECT_EQ(Preprocessing::from_config(moments),
            Preprocessing::standardized({0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}));
}

TEST(Preprocessing, that_is_described_wrongly_is_refused_with_what_was_expected) {
  const auto refusal = [](const Config& config) {
    return testing::error_of([&] { (void)Preprocessing::from_config(config); });
  };
  EXPECT_EQ(
      refusal("torchvision"),
      "preprocessing: expected one of none, tf, caffe, torch, unit, received \"torchvision\"");
  EXPECT_EQ(refusal(Config().set("scale", Config::List{1, 1})),
            "preprocessing: scale: expected a list of 3, received [1, 1]");
  EXPECT_EQ(refusal(Config().set("channels", "rbg")),
            "preprocessing: channels: expected one of rgb, bgr; received \"rbg\"");
  EXPECT_EQ(refusal(Config().set("mean", Config::List{0, 0, 0})),
            "preprocessing: expected an object with \"deviation\", received {\"mean\": [0, 0, 0]}");
  EXPECT_NE(refusal(Config().set("gain", 2)).find("scale, offset, channels"), std::string::npos);
}

TEST(Preprocessing, an_unknown_name_is_answered_with_the_known_ones) {
  EXPECT_THROW((void)preprocessing("Caffe"), UsageError);
  EXPECT_EQ(testing::error_of([] { (void)preprocessing("Caffe"); }),
            "preprocessing: expected one of none, tf, caffe, torch, unit, received \"Caffe\"");
}

}  // namespace
}  // namespace thaw
