#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "thaw/ops/kinds/activate.h"
#include "thaw/ops/kinds/batch_matmul.h"
#include "thaw/ops/kinds/batch_normalization.h"
#include "thaw/ops/kinds/binary.h"
#include "thaw/ops/kinds/concatenate.h"
#include "thaw/ops/kinds/conv_2d.h"
#include "thaw/ops/kinds/conv_transpose_2d.h"
#include "thaw/ops/kinds/crop_2d.h"
#include "thaw/ops/kinds/dropout.h"
#include "thaw/ops/kinds/elementwise.h"
#include "thaw/ops/kinds/gaussian_noise.h"
#include "thaw/ops/kinds/matmul.h"
#include "thaw/ops/kinds/pad_2d.h"
#include "thaw/ops/kinds/pick.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/kinds/random_augment.h"
#include "thaw/ops/kinds/random_change.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/kinds/random_crop_2d.h"
#include "thaw/ops/kinds/random_mix.h"
#include "thaw/ops/kinds/reduce.h"
#include "thaw/ops/kinds/reshape.h"
#include "thaw/ops/kinds/resize_2d.h"
#include "thaw/ops/kinds/sample_normalization.h"
#include "thaw/ops/kinds/scale_shift.h"
#include "thaw/ops/kinds/softmax.h"
#include "thaw/ops/kinds/source.h"
#include "thaw/ops/kinds/spectral_normalization.h"
#include "thaw/ops/kinds/transpose.h"

/// The closed vocabulary that devices know. An operation is one struct of kinds/, which says all
/// there is to say of it: its formula, its attributes, which fields() names for all that reads or
/// compares them, its shape rule, its name and its words. It computes nothing: a device has one
/// kernel for each. Shapes leave out the batch axis, and images are (height, width, channels).
namespace thaw::ops {

using Op =
    std::variant<Input, Weight, Constant, Conv2D, ConvTranspose2D, MatMul, BatchNormalization,
                 SampleNormalization, Activate, Softmax, Binary, Concatenate, Pool2D, GlobalPool2D,
                 Pad2D, Crop2D, Resize2D, Transpose, Reshape, ScaleShift, Dropout, GaussianNoise,
                 RandomAffine, RandomColor, RandomCrop2D, RandomChange, RandomAugment, RandomMix,
                 Pick, Reduce, Elementwise, BatchMatMul, SpectralNormalization>;

/// What a graph begins with: nothing is computed for it.
template <typename T>
constexpr bool is_source =
    std::is_same_v<T, Input> || std::is_same_v<T, Weight> || std::is_same_v<T, Constant>;

/// "Conv2D", "MatMul", …
std::string_view name(const Op& op);

/// What it does, in words, where its result has this shape: "depthwise convolution".
std::string_view words(const Op& op, const Shape& result);

/// When an operation behaves differently in training; nullptr where it never does.
const Phase* phase_of(const Op& op);
Phase* phase_of(Op& op);

/// Whether it draws random numbers in some run.
bool is_random(const Op& op);

/// The shape that `op` makes of its inputs' shapes; throws Error, under the operation's name, when
/// they do not fit.
Shape output_shape(const Op& op, std::span<const Shape> inputs);

}  // namespace thaw::ops
