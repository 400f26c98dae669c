#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace thaw::testing {

/// One way in which people build models: a file that tools/golden/patterns.py made.
struct Pattern {
  std::string generation;  ///< "keras": Keras 3; "tf_keras": Keras 2
  std::string name;
};

void PrintTo(const Pattern& pattern, std::ostream* out);

std::vector<Pattern> all_patterns();

/// Puts its file into `folder`.
std::filesystem::path unpack(const Pattern& pattern, const std::filesystem::path& folder);

}  // namespace thaw::testing
