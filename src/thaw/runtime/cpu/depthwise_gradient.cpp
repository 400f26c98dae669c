#include "thaw/runtime/cpu/depthwise_gradient.h"

#include <algorithm>

#include "thaw/runtime/cpu/numerics/channel_rows.h"
#include "thaw/runtime/cpu/numerics/vector_code.h"

namespace thaw::cpu {
namespace {

/// A batch of images, channels last or in blocks.
struct Plane {
  int64_t height = 0, width = 0, channels = 0;
  int64_t together = 0;  ///< channels that lie side by side

  /// Where channel `c` of the first pixel of image `n` is.
  int64_t start(int64_t n, int64_t c) const {
    return (n * channels + c / together * together) * height * width + c % together;
  }
};

/// `together` is 0 where the layout is another one.
Plane plane(const Shape& image, const Desc& layout) {
  const auto rows = channel_rows(layout);
  return {.height = image[0],
          .width = image[1],
          .channels = image[2],
          .together = rows && rows->width % 8 == 0 ? rows->width : 0};
}

struct Geometry {
  Plane x, result;
  int64_t images = 0;
  Size2 kernel, strides, dilations;
  int64_t top = 0, left = 0;
};

/// Row `i` of the kernel's gradient, of eight channels from `c` on.
THAW_VECTOR_CODE void kernel_row(const Geometry& by, int64_t i, int64_t c, const float* x,
                                 const float* gradient, float* result) {
  const int64_t step = by.strides.width;
  for (int64_t j = 0; j < by.kernel.width; ++j) {
    // Columns of the result whose column of x is none of the padding.
    const int64_t shift = j * by.dilations.width - by.left;
    const int64_t first = shift >= 0 ? 0 : (step - 1 - shift) / step;
    const int64_t last =
        by.x.width <= shift ? 0 : std::min(by.result.width, (by.x.width - 1 - shift) / step + 1);
    Eight sum{};
    for (int64_t n = 0; n < by.images; ++n) {
      for (int64_t h = 0; h < by.result.height; ++h) {
        const int64_t row = h * by.strides.height + i * by.dilations.height - by.top;
        if (row < 0 || row >= by.x.height) continue;
        const float* above =
            gradient + by.result.start(n, c) + (h * by.result.width + first) * by.result.together;
        const float* pixel =
            x + by.x.start(n, c) + (row * by.x.width + first * step + shift) * by.x.together;
        for (int64_t w = first; w < last; ++w) {
          Eight a, b;
          load(a, above);
          load(b, pixel);
          sum += a * b;
          above += by.result.together;
          pixel += step * by.x.together;
        }
      }
    }
    store(result + (i * by.kernel.width + j) * by.x.channels + c, sum);
  }
}

/// The bias's gradient, of eight channels from `c` on.
THAW_VECTOR_CODE void bias_part(const Geometry& by, int64_t c, const float* gradient,
                                float* result) {
  Eight sum{};
  for (int64_t n = 0; n < by.images; ++n) {
    const float* above = gradient + by.result.start(n, c);
    for (int64_t pixel = 0; pixel < by.result.height * by.result.width; ++pixel) {
      Eight a;
      load(a, above + pixel * by.result.together);
      sum += a;
    }
  }
  store(result + c, sum);
}

}  // namespace

bool emit_depthwise_gradient(Emitter& emit, const ops::Conv2D& op, NodeRef node,
                             const Desc& x_layout, const Desc& result_layout, bool bias_trains) {
  const Shape& kernel = emit.shape(node.input(1));
  const Geometry by = {.x = plane(emit.shape(node.input(0)), x_layout),
                       .result = plane(node.node.shape, result_layout),
                       .images = emit.batch(),
                       .kernel = Size2(kernel[0], kernel[1]),
                       .strides = op.strides,
                       .dilations = op.dilations,
                       .top = op.padding.top,
                       .left = op.padding.left};
  if (op.groups != by.x.channels || by.result.channels != by.x.channels || by.x.together == 0 ||
      by.result.together == 0 || !emit.needs_gradient(node.input(1))) {
    return false;
  }
  const Desc view = plain_kernel(kernel, op.groups);
  const BufferId gradient = emit.gradient(node.value, result_layout);
  const BufferId of_kernel = emit.program.temporary(view);
  emit.program.add(Section::backward, "Conv2D weight gradient " + node.node.name,
                   {emit.value_for_backward(node.input(0), x_layout), gradient, of_kernel},
                   [by](const auto& data) {
                     const int64_t eights = by.x.channels / 8;
#pragma omp parallel for schedule(static)
                     for (int64_t task = 0; task < eights * by.kernel.height; ++task) {
                       kernel_row(by, task % by.kernel.height, task / by.kernel.height * 8, data[0],
                                  data[1], data[2]);
                     }
                   });
  emit.add_parameter_gradient(node.input(1), of_kernel, view);
  if (!bias_trains) return true;
  const BufferId of_bias = emit.program.temporary(plain_vector(by.x.channels));
  emit.program.add(Section::backward, "Conv2D bias gradient " + node.node.name, {gradient, of_bias},
                   [by](const auto& data) {
#pragma omp parallel for schedule(static)
                     for (int64_t c = 0; c < by.x.channels; c += 8)
                       bias_part(by, c, data[0], data[1]);
                   });
  emit.add_parameter_gradient(node.input(2), of_bias, plain_vector(by.x.channels));
  return true;
}

}  // namespace thaw::cpu
