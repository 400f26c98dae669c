#pragma once

#include <array>
#include <span>

#include "thaw/core/enum_name.h"
#include "thaw/data/image.h"

namespace thaw {

/// What is done with an image whose sides are not in the target's ratio. The names in the comments
/// are options of Keras's image_dataset_from_directory.
enum class AspectRatio {
  stretch,  ///< Keras's default: the whole image, distorted
  crop,     ///< crop_to_aspect_ratio: the largest part of the target's ratio around the centre
  pad       ///< pad_to_aspect_ratio: the whole image, undistorted, with black margins
};
constexpr std::array aspect_ratio_names{EnumName<AspectRatio>{AspectRatio::stretch, "stretch"},
                                        EnumName<AspectRatio>{AspectRatio::crop, "crop"},
                                        EnumName<AspectRatio>{AspectRatio::pad, "pad"}};
constexpr std::span<const EnumName<AspectRatio>> enum_names(AspectRatio) {
  return aspect_ratio_names;
}

/// How values between pixels are found. Keras and TensorFlow shrink without antialiasing, Pillow,
/// torchvision and timm with it.
enum class ResizeInterpolation { bilinear, bicubic, bilinear_antialias, bicubic_antialias };
constexpr std::array interpolation_names{
    EnumName<ResizeInterpolation>{ResizeInterpolation::bilinear, "bilinear"},
    EnumName<ResizeInterpolation>{ResizeInterpolation::bicubic, "bicubic"},
    EnumName<ResizeInterpolation>{ResizeInterpolation::bilinear_antialias, "bilinear_antialias"},
    EnumName<ResizeInterpolation>{ResizeInterpolation::bicubic_antialias, "bicubic_antialias"}};
constexpr std::span<const EnumName<ResizeInterpolation>> enum_names(ResizeInterpolation) {
  return interpolation_names;
}

struct ResizeOptions {
  int height = 224;  ///< pixels
  int width = 224;   ///< pixels
  AspectRatio aspect_ratio = AspectRatio::stretch;
  ResizeInterpolation interpolation = ResizeInterpolation::bilinear;
  /// Of each side of what is resized, the part around the centre that is kept: above 0, at most 1.
  /// timm's crop_pct, where the aspect ratio is `crop`.
  double crop_fraction = 1;
};

/// The part of the image that the aspect ratio and then crop_fraction leave, interpolated.
/// Bilinear: half-pixel centres, no antialiasing, as tf.image.resize: with s = (x + ½)·in/out − ½
/// along each axis, out(x) = in(⌊s⌋) + (s − ⌊s⌋)·(in(⌈s⌉) − in(⌊s⌋)), where an index outside of the
/// image is the nearest inside. Bit for bit TensorFlow's float32 results. The others:
/// resize_filtered(). Writes RGB values of
/// 0 … 255, row by row, to `out`. Requires out.size() = options.height · options.width · 3.
void resize(const Image& image, const ResizeOptions& options, std::span<float> out);

}  // namespace thaw
