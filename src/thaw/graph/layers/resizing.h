#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// An image at height×width: [H, W, C] -> [height, width, C], half-pixel centres. The aspect ratio
/// is kept by cropping, or by padding with fill_value, where that is asked for. interpolation:
/// nearest, bilinear, bicubic, lanczos3, lanczos5.
struct Resizing {
  int64_t height = 1;
  int64_t width = 1;
  std::string interpolation = "bilinear";
  bool crop_to_aspect_ratio = false;
  bool pad_to_aspect_ratio = false;
  std::string fill_mode = "constant";
  float fill_value = 0.0F;
  bool antialias = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("height", height);
    visit("width", width);
    visit("interpolation", interpolation);
    visit("crop_to_aspect_ratio", crop_to_aspect_ratio);
    visit("pad_to_aspect_ratio", pad_to_aspect_ratio);
    visit("fill_mode", fill_mode);
    visit("fill_value", fill_value);
    visit("antialias", antialias);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer resizing(layers::Resizing attributes = {});

}  // namespace thaw
