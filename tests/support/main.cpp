#include <gtest/gtest.h>

#include <cstdlib>

/// Of every test program: files are kept beside it, and what compiler passes make is verified,
/// unless the environment says otherwise.
int main(int argc, char** argv) {
  ::setenv("THAW_HOME", THAW_TEST_HOME, 0);
  ::setenv("THAW_VERIFY_PASSES", "1", 0);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
