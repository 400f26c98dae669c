#pragma once

#include <array>
#include <span>
#include <string_view>

namespace thaw {

/// What a network wants done to RGB pixels of 0 … 255, with the mode names of Keras's
/// imagenet_utils.preprocess_input: y[c] = x[channel c, or 2−c when swapped]·scale[c] + offset[c].
/// That being affine, a compiler may fold it into the first convolution.
struct Preprocessing {
  std::string_view name;
  std::array<float, 3> scale{1, 1, 1};
  std::array<float, 3> offset{0, 0, 0};
  bool swap_red_blue = false;

  /// In place; the size of `pixels` must be a multiple of 3.
  void apply(std::span<float> pixels) const;
};

/// "none", "tf" (x/127.5 − 1), "caffe" (BGR minus ImageNet's mean), "torch" ((x/255 −
/// mean)/deviation).
std::span<const Preprocessing> preprocessings();
/// Throws UsageError that lists the names when `name` is none of them.
const Preprocessing& preprocessing(std::string_view name);

}  // namespace thaw
