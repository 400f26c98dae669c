#include "thaw/ops/op.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "thaw/core/error.h"

namespace thaw::ops {
namespace {

using Shapes = std::span<const Shape>;

void expect_image(const Shape& x) {
  if (x.rank() != 3) {
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  }
}

Shape rule(const Input& op, Shapes) { return op.shape; }
Shape rule(const Weight& op, Shapes) { return op.shape; }
Shape rule(const Constant& op, Shapes) { return op.value.shape(); }

Shape rule(const Conv2D& op, Shapes in) {
  const Shape& x = in[0];
  const Shape& kernel = in[1];
  expect_image(x);
  if (kernel.rank() != 4 || kernel[2] * op.groups != x[2] || kernel[3] % op.groups != 0) {
    throw Error(fmt::format("a kernel {} in {} groups does not fit an image {}", kernel.to_string(),
                            op.groups, x.to_string()));
  }
  return {window_output(x[0], op.padding.top + op.padding.bottom, kernel[0], op.strides.height,
                        op.dilations.height),
          window_output(x[1], op.padding.left + op.padding.right, kernel[1], op.strides.width,
                        op.dilations.width),
          kernel[3]};
}

Shape rule(const ConvTranspose2D& op, Shapes in) {
  const Shape& x = in[0];
  const Shape& kernel = in[1];
  expect_image(x);
  const Padding2& p = op.padding;
  // The convolution whose gradient this is must lead back to x.
  const Shape back{window_output(op.size.height, p.top + p.bottom, kernel[0], op.strides.height),
                   window_output(op.size.width, p.left + p.right, kernel[1], op.strides.width),
                   kernel[3]};
  if (back != x) {
    throw Error(fmt::format("a kernel {} and a result of {}×{} do not fit an image {}",
                            kernel.to_string(), op.size.height, op.size.width, x.to_string()));
  }
  return {op.size.height, op.size.width, kernel[2]};
}

Shape rule(const MatMul&, Shapes in) {
  if (in[0].rank() < 1 || in[0].last() != in[1][0]) {
    throw Error(
        fmt::format("a kernel {} does not fit an input {}", in[1].to_string(), in[0].to_string()));
  }
  return in[0].with_last(in[1][1]);
}

Shape rule(const BatchNormalization&, Shapes in) {
  if (in[0].rank() < 1 || in.back() != Shape{in[0].last()}) {
    throw Error(fmt::format("statistics {} do not fit an input {}", in.back().to_string(),
                            in[0].to_string()));
  }
  return in[0];
}

Shape rule(const SampleNormalization& op, Shapes in) {
  const Shape& x = in[0];
  if (x.rank() < 1 || op.groups < 1 || x.last() % op.groups != 0) {
    throw Error(fmt::format("expected channels that divide into {} groups, received {}", op.groups,
                            x.to_string()));
  }
  for (const Shape& parameter : in.subspan(1)) {
    if (parameter != Shape{x.last()}) {
      throw Error(fmt::format("parameters {} do not fit an input {}", parameter.to_string(),
                              x.to_string()));
    }
  }
  return x;
}

Shape rule(const Activate&, Shapes in) { return in[0]; }
Shape rule(const Softmax&, Shapes in) { return in[0]; }
Shape rule(const GaussianNoise&, Shapes in) { return in[0]; }

/// Throws unless `part` is `whole` with sizes of 1 here and there.
void expect_repeatable(const Shape& part, const Shape& whole) {
  bool fits = part.rank() == whole.rank();
  for (int axis = 0; fits && axis < whole.rank(); ++axis)
    fits = part[axis] == whole[axis] || part[axis] == 1;
  if (!fits) {
    throw Error(fmt::format("expected {} or the same with sizes of 1, received {}",
                            whole.to_string(), part.to_string()));
  }
}

Shape rule(const Dropout& op, Shapes in) {
  if (op.drawn.rank() > 0) expect_repeatable(op.drawn, in[0]);
  return in[0];
}

Shape rule(const Binary&, Shapes in) {
  bool fits = in[0].rank() == in[1].rank();
  for (int axis = 0; fits && axis < in[0].rank(); ++axis)
    fits = in[1][axis] == in[0][axis] || in[1][axis] == 1;
  if (!fits) {
    throw Error(fmt::format("expected inputs of one shape, received {} and {}", in[0].to_string(),
                            in[1].to_string()));
  }
  return in[0];
}

Shape rule(const Concatenate& op, Shapes in) {
  if (op.axis < 0 || op.axis >= in[0].rank()) {
    throw Error(fmt::format("axis {} is not one of {}", op.axis, in[0].to_string()));
  }
  std::vector<int64_t> sizes(in[0].sizes().begin(), in[0].sizes().end());
  for (const Shape& other : in.subspan(1)) {
    for (int axis = 0; axis < in[0].rank(); ++axis) {
      if (other.rank() != in[0].rank() || (axis != op.axis && other[axis] != in[0][axis])) {
        throw Error(fmt::format("cannot join {} and {} along axis {}", in[0].to_string(),
                                other.to_string(), op.axis));
      }
    }
    sizes[static_cast<size_t>(op.axis)] += other[op.axis];
  }
  return Shape(std::move(sizes));
}

Shape rule(const Pool2D& op, Shapes in) {
  expect_image(in[0]);
  const Padding2& p = op.padding;
  return {window_output(in[0][0], p.top + p.bottom, op.pool_size.height, op.strides.height),
          window_output(in[0][1], p.left + p.right, op.pool_size.width, op.strides.width),
          in[0][2]};
}

Shape rule(const GlobalPool2D&, Shapes in) {
  expect_image(in[0]);
  return {in[0][2]};
}

Shape rule(const Pad2D& op, Shapes in) {
  expect_image(in[0]);
  return {padded(in[0][0], op.padding.top, op.padding.bottom),
          padded(in[0][1], op.padding.left, op.padding.right), in[0][2]};
}

Shape rule(const Crop2D& op, Shapes in) {
  expect_image(in[0]);
  return {cropped(in[0][0], op.cropping.top, op.cropping.bottom),
          cropped(in[0][1], op.cropping.left, op.cropping.right), in[0][2]};
}

Shape rule(const Resize2D& op, Shapes in) {
  expect_image(in[0]);
  constexpr int64_t largest = 65536;
  for (const int64_t size : {op.size.height, op.size.width}) {
    if (size < 1 || size > largest) {
      throw Error(fmt::format("expected a size of 1 to {} rows and columns, received {}×{}",
                              largest, op.size.height, op.size.width));
    }
  }
  (void)cropped(in[0][0], op.cropping.top, op.cropping.bottom);
  (void)cropped(in[0][1], op.cropping.left, op.cropping.right);
  return {op.size.height, op.size.width, in[0][2]};
}

Shape rule(const Transpose& op, Shapes in) {
  std::vector<int64_t> sizes;
  std::vector<bool> seen(static_cast<size_t>(in[0].rank()), false);
  for (const int axis : op.order) {
    if (axis < 0 || axis >= in[0].rank() || seen[static_cast<size_t>(axis)]) break;
    seen[static_cast<size_t>(axis)] = true;
    sizes.push_back(in[0][axis]);
  }
  if (sizes.size() != seen.size() || op.order.size() != seen.size()) {
    throw Error(fmt::format("expected each of the {} axes of {} once, received {} axes",
                            in[0].rank(), in[0].to_string(), op.order.size()));
  }
  return Shape(std::move(sizes));
}

Shape rule(const Reshape& op, Shapes in) {
  if (op.shape.elements() != in[0].elements()) {
    throw Error(fmt::format("cannot reshape {} to {}", in[0].to_string(), op.shape.to_string()));
  }
  return op.shape;
}

Shape rule(const ScaleShift& op, Shapes in) {
  const auto channels = static_cast<size_t>(in[0].last());
  if (op.scale.size() != op.offset.size() ||
      (op.scale.size() != 1 && op.scale.size() != channels)) {
    throw Error(fmt::format("expected 1 or {} scales and offsets, received {} and {}", channels,
                            op.scale.size(), op.offset.size()));
  }
  return in[0];
}

Shape rule(const RandomAffine&, Shapes in) {
  expect_image(in[0]);
  return in[0];
}

Shape rule(const RandomColor&, Shapes in) {
  expect_image(in[0]);
  return in[0];
}

Shape rule(const RandomCrop2D& op, Shapes in) {
  expect_image(in[0]);
  if (op.size.height < 1 || op.size.width < 1 || op.size.height > in[0][0] ||
      op.size.width > in[0][1]) {
    throw Error(fmt::format("expected a window within {}, received {}×{}", in[0].to_string(),
                            op.size.height, op.size.width));
  }
  return {op.size.height, op.size.width, in[0][2]};
}

// As in Op.
constexpr std::string_view names[] = {"Input",
                                      "Weight",
                                      "Constant",
                                      "Conv2D",
                                      "ConvTranspose2D",
                                      "MatMul",
                                      "BatchNormalization",
                                      "SampleNormalization",
                                      "Activate",
                                      "Softmax",
                                      "Binary",
                                      "Concatenate",
                                      "Pool2D",
                                      "GlobalPool2D",
                                      "Pad2D",
                                      "Crop2D",
                                      "Resize2D",
                                      "Transpose",
                                      "Reshape",
                                      "ScaleShift",
                                      "Dropout",
                                      "GaussianNoise",
                                      "RandomAffine",
                                      "RandomColor",
                                      "RandomCrop2D"};
static_assert(std::size(names) == std::variant_size_v<Op>);

}  // namespace

std::string_view name(const Op& op) { return names[op.index()]; }

const Phase* phase_of(const Op& op) {
  return std::visit(
      [](const auto& attributes) -> const Phase* {
        if constexpr (requires { attributes.phase; }) return &attributes.phase;
        return nullptr;
      },
      op);
}
Phase* phase_of(Op& op) { return const_cast<Phase*>(phase_of(std::as_const(op))); }

bool is_random(const Op& op) {
  const Phase* phase = phase_of(op);
  return phase != nullptr && *phase != Phase::inference &&
         !std::holds_alternative<BatchNormalization>(op);
}

Shape output_shape(const Op& op, Shapes inputs) {
  return with_context(std::string(name(op)), [&] {
    return std::visit([&](const auto& attributes) { return rule(attributes, inputs); }, op);
  });
}

}  // namespace thaw::ops
