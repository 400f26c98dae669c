#pragma once

#include <string_view>

namespace thaw {

/// How an image is read between its pixels, named as in Keras.
enum class Interpolation { nearest, bilinear, bicubic, lanczos3, lanczos5 };
/// Throws Error listing the known names.
Interpolation interpolation_of(std::string_view name);
/// The same where only nearest and bilinear are known.
Interpolation simple_interpolation_of(std::string_view name);

/// What lies beyond an image's edge, by example of a row abcd, named as in Keras.
enum class FillMode {
  constant,  ///< kkkk|abcd|kkkk for a value k
  nearest,   ///< aaaa|abcd|dddd
  reflect,   ///< dcba|abcd|dcba
  wrap,      ///< abcd|abcd|abcd
};
/// Throws Error listing the known names.
FillMode fill_mode_of(std::string_view name);

}  // namespace thaw
