#include <gtest/gtest.h>

#include <vector>

#include "support/error_of.h"
#include "thaw/core/error.h"
#include "thaw/data/preprocessing.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

TEST(PreprocessingText, NamesAreThoseOfTheTable) {
  for (const NamedPreprocessing& named : preprocessings())
    EXPECT_EQ(Preprocessing::from_text(std::string(named.name)), named.numbers) << named.name;
}

TEST(PreprocessingText, NumbersMeanScaleThenMeanThenDeviation) {
  const auto how = Preprocessing::from_text("mean=0.5,0.4,0.3,std=0.25,scale=1/255,order=bgr");
  std::vector<float> pixel{255, 0, 51};
  how.apply(pixel);
  EXPECT_NEAR(pixel[0], (0.2 - 0.5) / 0.25, 1e-6);  // blue comes first
  EXPECT_NEAR(pixel[1], (0 - 0.4) / 0.25, 1e-6);
  EXPECT_NEAR(pixel[2], (1 - 0.3) / 0.25, 1e-6);
}

TEST(PreprocessingText, NumbersOfANamedWayAreThatWayToTheLastBit) {
  EXPECT_EQ(Preprocessing::from_text("scale=1/255"), preprocessing("unit"));
  EXPECT_EQ(Preprocessing::from_text("scale=1/127.5,mean=1"), preprocessing("tf"));
  EXPECT_EQ(Preprocessing::from_text("scale=1/255,mean=0.485,0.456,0.406,std=0.229,0.224,0.225"),
            preprocessing("torch"));
  EXPECT_EQ(Preprocessing::from_text("mean=103.939,116.779,123.68,order=bgr"),
            preprocessing("caffe"));
}

TEST(PreprocessingText, AForgottenScaleIsAskedFor) {
  const std::string message =
      error_of<UsageError>([] { (void)Preprocessing::from_text("mean=0.485,std=0.229"); });
  EXPECT_TRUE(contains(message, "scale=1/255")) << message;
  EXPECT_EQ(Preprocessing::from_text("mean=0.5,std=0.25,scale=1").scale[0], 4.0F);
}

TEST(PreprocessingText, WhatIsNoSuchTextIsRefusedWithWhatWasExpected) {
  for (const char* text : {"", "keras", "mean", "mean=", "mean=1,2", "mean=1,2,3,4", "std=0",
                           "std=-1,scale=1", "scale=0", "scale=1/0", "mean=nan", "mean=1e999",
                           "order=grb", "mean=1,mean=2", "gamma=2", "mean=1;std=2", "=1"}) {
    const std::string message = error_of<UsageError>([&] { (void)Preprocessing::from_text(text); });
    EXPECT_TRUE(contains(message, "expected")) << '"' << text << "\" gave: " << message;
  }
}

TEST(PreprocessingText, GreyTakesTheSameNumbersForAllChannelsOnly) {
  EXPECT_TRUE(preprocessing("unit").is_even());
  EXPECT_FALSE(preprocessing("torch").is_even());
  std::vector<float> pixels{0, 127.5F, 255};
  preprocessing("tf").apply_to_grey(pixels);
  EXPECT_NEAR(pixels[0], -1, 1e-6);
  EXPECT_NEAR(pixels[1], 0, 1e-6);
  EXPECT_NEAR(pixels[2], 1, 1e-6);
}

}  // namespace
}  // namespace thaw
