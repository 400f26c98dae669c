#include "thaw/core/base64.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/error_of.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

TEST(Base64, bytes_become_the_letters_of_the_standards_examples_and_come_back) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, letters] : examples) {
    EXPECT_EQ(to_base64(bytes), letters);
    EXPECT_EQ(from_base64(letters), bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(from_base64(to_base64(all)), all);
}

TEST(Base64, both_alphabets_are_read_and_other_letters_refused) {
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  EXPECT_EQ(from_base64("Zg"), "f");
  EXPECT_TRUE(contains(error_of([] { from_base64("Zm9v!"); }), "received \"Zm9v!\""));
}

TEST(Base64, floats_come_back_to_the_last_bit) {
  const Tensor values =
      Tensor::from({2, 3}, std::vector<float>{0.1F, -0.0F, 1e-42F, 3.4e38F, -2.5F, 1.0F / 3});
  const Tensor back = floats_from_base64(floats_to_base64(values), {2, 3});
  EXPECT_EQ(floats_to_base64(back), floats_to_base64(values));
  EXPECT_EQ(back.values()[5], 1.0F / 3);
  EXPECT_EQ(floats_from_base64("", {0, 3}).elements(), 0);
}

TEST(Base64, floats_of_another_shape_or_not_finite_are_refused) {
  const std::string two = floats_to_base64(Tensor::full({2}, 1));
  EXPECT_TRUE(contains(error_of([&] { floats_from_base64(two, {3}); }), "received 8 bytes"));
  EXPECT_TRUE(contains(error_of([&] { floats_from_base64(two, {1}); }), "expected the 1 floats"));
  EXPECT_TRUE(contains(error_of([] { floats_from_base64("AAA=", {1}); }), "received 2 bytes"));
  EXPECT_TRUE(contains(error_of([&] { floats_from_base64(two, {-2}); }), "2^48"));
  for (const float bad :
       {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    const std::string text = floats_to_base64(Tensor::full({1}, bad));
    EXPECT_TRUE(contains(error_of([&] { floats_from_base64(text, {1}); }), "finite"));
  }
}

}  // namespace
}  // namespace thaw
