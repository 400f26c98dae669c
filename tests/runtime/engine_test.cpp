#include "thaw/runtime/engine.h"

#include <gtest/gtest.h>

#include "support/error_of.h"

namespace thaw {
namespace {

TEST(Engine, has_as_many_threads_beside_the_device_as_the_device_itself) {
  Engine three({.threads = 3});
  EXPECT_EQ(three.threads().count(), 3);
  EXPECT_EQ(three.device().threads(), 3);
  Engine all;
  EXPECT_EQ(all.threads().count(), Threads::available());
  EXPECT_EQ(all.device().threads(), Threads::available());
}

TEST(Engine, refuses_a_number_of_threads_that_no_machine_has) {
  for (const int threads : {-1, most_threads + 1, 1'000'000'000}) {
    const std::string error = testing::error_of([&] { Engine({.threads = threads}); });
    EXPECT_EQ(error, "threads: expected 0 to 1024, received " + std::to_string(threads));
  }
}

TEST(Engine, names_the_devices_there_are_when_asked_for_another) {
  const std::string error = testing::error_of([] { Engine({.device = "abacus"}); });
  EXPECT_TRUE(testing::contains(error, "(cpu)")) << error;
  EXPECT_TRUE(testing::contains(error, "received \"abacus\"")) << error;
}

TEST(DeviceTypes, each_row_that_is_available_makes_a_device_of_the_threads_asked_for) {
  ASSERT_FALSE(device_types::all().empty());
  for (const DeviceType* type : device_types::all()) {
    if (!type->available()) continue;
    EXPECT_EQ(&device_types::find(type->name), type);
    EXPECT_EQ(type->make({.threads = 2})->threads(), 2) << type->name;
  }
}

}  // namespace
}  // namespace thaw
