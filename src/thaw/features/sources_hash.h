#pragma once

#include <string_view>

namespace thaw {

/// A hash of the compiler and of the source files that the bits of a feature depend on, their
/// comments apart (CMakeLists.txt beside this names the files). Kept features are found again only
/// by a program that computes the same.
std::string_view sources_hash();

}  // namespace thaw
