#include "thaw/data/preprocessing.h"

#include <gtest/gtest.h>

#include <set>

#include "data/image_files.h"
#include "support/golden_file.h"
#include "thaw/core/error.h"

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
  for (const Preprocessing& mode : preprocessings()) {
    std::vector<float> pixels = {10, 100, 250};
    mode.apply(pixels);
    for (size_t c = 0; c < 3; ++c) {
      const size_t source = mode.swap_red_blue ? 2 - c : c;
      const float value = std::array{10.0F, 100.0F, 250.0F}.at(source);
      EXPECT_FLOAT_EQ(pixels[c], value * mode.scale.at(c) + mode.offset.at(c)) << mode.name << c;
    }
  }
}

TEST(Preprocessing, an_unknown_name_is_answered_with_the_known_ones) {
  EXPECT_THROW((void)preprocessing("Caffe"), UsageError);
  EXPECT_EQ(testing::error_of([] { (void)preprocessing("Caffe"); }),
            "preprocessing: expected one of none, tf, caffe, torch, received \"Caffe\"");
}

}  // namespace
}  // namespace thaw
