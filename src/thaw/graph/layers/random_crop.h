#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit the window of height×width at a place drawn for the batch; otherwise, and of an image
/// that is smaller, the largest middle part of that aspect ratio, resized (as Keras documents;
/// Keras 3.15 itself leaves images uncropped outside of fit). `seed` is only kept.
struct RandomCrop {
  int64_t height = 1;
  int64_t width = 1;
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("height", height);
    visit("width", width);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer random_crop(layers::RandomCrop attributes = {});

}  // namespace thaw
