#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The middle height×width of an image; of one that is smaller, the largest middle part of that
/// aspect ratio, resized.
struct CenterCrop {
  int64_t height = 1;
  int64_t width = 1;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("height", height);
    visit("width", width);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer center_crop(layers::CenterCrop attributes = {});

}  // namespace thaw
