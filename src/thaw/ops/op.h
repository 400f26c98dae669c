#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "thaw/core/variable.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/sampling.h"

/// The closed vocabulary that devices know. Each operation is its attributes and a shape rule; it
/// computes nothing. Shapes leave out the batch axis, and images are (height, width, channels).
namespace thaw::ops {

/// When a layer that behaves differently in training does so.
enum class Phase {
  inference,  ///< never: under training=False, or frozen
  training,   ///< always
  by_run,     ///< in fit, not in evaluate and predict
};

/// A batch handed in from outside.
struct Input {
  Shape shape;
};

/// A layer's weight, under `shape` (as many elements as the variable has).
struct Weight {
  VariablePtr variable;
  Shape shape;
  bool trainable = false;
};

/// A tensor known when the graph was made, such as a folded kernel. Has no batch axis.
struct Constant {
  Tensor value;
};

/// y = activation(conv(x, kernel) + bias + residual). Inputs: x [H, W, C], kernel [h, w, C/groups,
/// K], then bias [K] and residual (y's shape) where the flags say so. The cross-correlation of
/// TensorFlow.
struct Conv2D {
  Size2 strides;
  Size2 dilations;
  Padding2 padding;
  int64_t groups = 1;
  bool has_bias = false;
  bool has_residual = false;
  /// Of 3×3 kernels and stride 1: whether a device may compute it as Winograd's F(4×4, 3×3), which
  /// takes fewer products and rounds otherwise.
  bool winograd = false;
  Activation activation;
};

/// y = what a convolution of these strides and this padding passes to its input as gradient, +
/// bias. Inputs: x [H, W, C], kernel [h, w, K, C], then bias [K] where the flag says so; y [size,
/// K].
struct ConvTranspose2D {
  Size2 strides;
  Padding2 padding;
  Size2 size;
  bool has_bias = false;
};

/// y = activation(x · kernel + bias) over the last axis. Inputs: x [..., in], kernel [in, out],
/// bias [out].
struct MatMul {
  bool has_bias = false;
  Activation activation;
};

/// y = gamma·(x − mean)/√(variance + epsilon) + beta over the last axis. Inputs: x, then gamma and
/// beta where the flags say so, then the moving mean and variance. In training mean and variance
/// are the batch's (biased variance), and moving ← momentum·moving + (1 − momentum)·batch.
struct BatchNormalization {
  float epsilon = 1e-3F;
  float momentum = 0.99F;
  bool has_scale = true;
  bool has_center = true;
  Phase phase = Phase::by_run;
};

/// y = activation(x), element by element.
struct Activate {
  Activation activation;
};

/// y = exp(x)/Σexp(x) along the last axis.
struct Softmax {};

/// y = gamma·(x − mean)/√(variance + epsilon) + beta, where mean and (biased) variance are those of
/// each sample's own `groups` equal parts of the channels: over all its pixels, or of each pixel by
/// itself. Inputs: x [..., C], then gamma [C] and beta [C] where the flags say so.
struct SampleNormalization {
  float epsilon = 1e-3F;
  int64_t groups = 1;
  bool by_pixel = false;
  bool has_scale = true;
  bool has_center = true;
};

/// y = x₁ + x₂, x₁ − x₂, …; a size of 1 in x₂ is repeated. x₂ may be a weight or a constant, which
/// is the same for the whole batch.
struct Binary {
  enum class Kind { add, subtract, multiply, maximum, minimum };
  Kind kind = Kind::add;
  Activation activation;
};

/// Joins inputs along `axis` (0 is the first after the batch).
struct Concatenate {
  int axis = 2;
};

/// Maximum or mean of each window; a mean counts only what lies inside the image, as in TensorFlow.
struct Pool2D {
  enum class Kind { maximum, average };
  Kind kind = Kind::maximum;
  Size2 pool_size;
  Size2 strides;
  Padding2 padding;
};

/// [H, W, C] -> [C].
struct GlobalPool2D {
  Pool2D::Kind kind = Pool2D::Kind::average;
};

/// Zeros around an image.
struct Pad2D {
  Padding2 padding;
};

/// An image without some of its outer rows and columns.
struct Crop2D {
  Padding2 cropping;
};

/// An image at another size, with half-pixel centres as in TensorFlow; `cropping` is cut off first.
struct Resize2D {
  Size2 size;
  Interpolation interpolation = Interpolation::bilinear;
  bool antialias = false;
  Padding2 cropping;
};

/// y's axis i is x's axis order[i] (0 is the first after the batch).
struct Transpose {
  std::vector<int> order;
};

/// The same numbers under another shape.
struct Reshape {
  Shape shape;
};

/// y = activation(x·scale + offset), with one number for all or one a channel (last axis). Never
/// trains.
struct ScaleShift {
  std::vector<float> scale;
  std::vector<float> offset;
  Activation activation;
};

/// In training zeroes each element with probability `rate` and divides the rest by 1 − rate;
/// otherwise y = x.
struct Dropout {
  float rate = 0.5F;
  /// Of what is drawn for a sample: a size of 1 is repeated over x's. Empty: x's own shape.
  Shape drawn;
  Phase phase = Phase::by_run;
};

/// In training y = x + n, or x·(1 + n), for normal numbers n of this deviation; otherwise y = x.
struct GaussianNoise {
  float deviation = 0.0F;
  bool multiplies = false;
  Phase phase = Phase::by_run;
};

/// Where a number is drawn from, uniformly.
struct Range {
  float low = 0.0F;
  float high = 0.0F;
  bool operator==(const Range&) const = default;
};

/// In training reads each sample's image through an affine map of its own; otherwise y = x.
struct RandomAffine {
  bool flips_rows = false;     ///< upside down, in every other sample
  bool flips_columns = false;  ///< left to right, in every other sample; both by one draw
  Range turn;                  ///< of a full circle, about the centre
  Range zoom_rows = {1, 1};    ///< below 1 enlarges
  Range zoom_columns = {1, 1};
  bool zooms_alike = false;                               ///< columns as rows
  Range shift_rows;                                       ///< of the height, down
  Range shift_columns;                                    ///< of the width, to the right
  Interpolation interpolation = Interpolation::bilinear;  ///< nearest or bilinear
  FillMode fill = FillMode::reflect;
  float fill_value = 0.0F;
  Phase phase = Phase::by_run;
};

/// In training y = contrast·(x − mean) + mean + brightness, held within `limits`, with numbers
/// drawn for each sample and the mean of each of its channels; otherwise y = x.
struct RandomColor {
  Range contrast = {1, 1};
  Range brightness;
  Range limits = {0, 255};
  Phase phase = Phase::by_run;

  bool has_contrast() const { return contrast != Range{1, 1}; }
};

/// In training a window of the image at a place that is drawn for the batch; otherwise the image
/// without `cropping` at that size, as Resize2D makes it.
struct RandomCrop2D {
  Size2 size;
  Padding2 cropping;
  Phase phase = Phase::by_run;
};

using Op =
    std::variant<Input, Weight, Constant, Conv2D, ConvTranspose2D, MatMul, BatchNormalization,
                 SampleNormalization, Activate, Softmax, Binary, Concatenate, Pool2D, GlobalPool2D,
                 Pad2D, Crop2D, Resize2D, Transpose, Reshape, ScaleShift, Dropout, GaussianNoise,
                 RandomAffine, RandomColor, RandomCrop2D>;

/// "Conv2D", "MatMul", …
std::string_view name(const Op& op);

/// When an operation behaves differently in training; nullptr where it never does.
const Phase* phase_of(const Op& op);
Phase* phase_of(Op& op);

/// Whether it draws random numbers in some run.
bool is_random(const Op& op);

/// The shape that `op` makes of its inputs' shapes; throws Error when they do not fit.
Shape output_shape(const Op& op, std::span<const Shape> inputs);

}  // namespace thaw::ops
