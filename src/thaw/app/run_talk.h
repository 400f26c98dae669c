#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace thaw::app {

// What fit and climb say alike before they begin.

/// "a 12, b 30, and 3 more": the first twenty classes with their numbers of images.
std::string classes_text(const std::vector<std::pair<std::string, int64_t>>& class_images);

/// What a person should know of an unfinished run beside `out`; empty: nothing. `what` it is
/// called: "run", "climb".
std::string unfinished_text(const std::string& what, const std::filesystem::path& out, bool resumes,
                            bool goes_on, const std::string& kept_aside);

}  // namespace thaw::app
