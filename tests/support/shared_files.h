#pragma once

#include <filesystem>
#include <string>

namespace thaw::testing {

/// A file of the folder beside the project that holds photos and weights of others: THAW_SHARED,
/// else ../shared. Tests that need one skip themselves where it does not exist.
std::filesystem::path shared_file(const std::string& relative_path);

}  // namespace thaw::testing

/// Skips the test, by name, where the file is absent.
#define THAW_NEEDS_SHARED_FILE(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "not here: " << (path).string()
