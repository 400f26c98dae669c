#pragma once

#include <string_view>

namespace thaw {

/// A hash of all source files that the bits of a feature depend on, from the pixels to the kernels,
/// and of the compiler. Kept features are found again only by a program that computes the same.
std::string_view sources_hash();

}  // namespace thaw
