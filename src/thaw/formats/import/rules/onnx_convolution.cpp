// ONNX's convolutions: x [batch, channels, (height,) width], kernels [out, in/groups, (height,)
// width], transposed ones [in, out/groups, (height,) width].
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using onnx_lists::window_of;

/// The kernel's sizes along the axes that it moves over. Throws Error unless it is known and of one
/// or two of them.
std::vector<int64_t> kernel_sizes(const RuleCall& call) {
  const Shape& shape = call.known(1, "the kernel").shape();
  if (shape.rank() != 3 && shape.rank() != 4) {
    throw Error(fmt::format("expected a kernel over one or two axes, received shape {}",
                            shape.to_string()));
  }
  const std::span<const int64_t> sizes = shape.sizes().subspan(2);
  return {sizes.begin(), sizes.end()};
}

/// The kernel with its sizes first, one of one axis as one row; `order`: the other two, last.
Value kernel_of(const RuleCall& call, int64_t before_last, int64_t last) {
  const Value& kernel = call.input(1);
  if (call.known(1, "the kernel").shape().rank() == 4)
    return call.make.transpose(kernel, {2, 3, before_last, last});
  return call.make.unsqueeze(call.make.transpose(kernel, {2, before_last, last}), {0});
}

const Value* bias_of(const RuleCall& call) { return call.has_input(2) ? &call.input(2) : nullptr; }

/// Of known numbers, as embeddings of positions are projected: a product with the kernel of one
/// place.
Value of_known(const RuleCall& call, const Shape& x) {
  const Array& kernel = call.known(1, "the kernel");
  const Shape& shape = kernel.shape();
  for (const char* other : {"group", "strides", "pads", "dilations"})
    for (const int64_t number : call.integers(other))
      if (number > 1) throw Error("expected a value that is computed, received a known one");
  if (shape.elements() != shape[0] * shape[1] || x[1] != shape[1])
    throw Error("expected a value that is computed, received a known one");
  Assembler& make = call.make;
  const Value places = make.reshape(call.input(0), {x[0], x[1], -1});
  const Value rows = make.transpose(places, {0, 2, 1});
  const Value matrix =
      make.transpose(Assembler::known(kernel.reshaped({shape[0], shape[1]})), {1, 0});
  Value y = make.matmul(make.reshape(rows, {-1, x[1]}), matrix);
  if (call.has_input(2)) y = make.binary(Binary::add, y, call.input(2));
  y = make.transpose(make.reshape(y, {x[0], -1, shape[0]}), {0, 2, 1});
  std::vector<int64_t> sizes(x.sizes().begin(), x.sizes().end());
  sizes[1] = shape[0];
  return make.reshape(y, std::move(sizes));
}

std::vector<Value> convolution(const RuleCall& call) {
  const std::vector<int64_t> sizes = kernel_sizes(call);
  const Window window = window_of(call, sizes);
  const Shape x = call.make.shape_of(call.input(0));
  if (x.rank() != static_cast<int>(sizes.size()) + 2) {
    throw Error(
        fmt::format("expected {} axes, received shape {}", sizes.size() + 2, x.to_string()));
  }
  if (call.input(0).is_known()) return {of_known(call, x)};
  const int64_t groups = call.integer("group", 1);
  const int64_t out = call.known(1, "the kernel").shape()[0];
  if (groups < 1 || x[1] % groups != 0 || out % groups != 0) {
    throw Error(
        fmt::format("expected groups that {} channels of the input and {} of the output "
                    "can be split into, received {}",
                    x[1], out, groups));
  }
  const Value kernel = kernel_of(call, 1, 0);
  if (groups == 1 || groups != x[1]) {
    return {call.make.convolution(call.input(0), kernel, bias_of(call), window, groups, 1)};
  }
  const Size2 size = onnx_lists::size_of(sizes);
  const Value of_channels =
      call.make.reshape(kernel, {size.height, size.width, groups, out / groups});
  return {call.make.depthwise_convolution(call.input(0), of_channels, bias_of(call), window, 1)};
}

/// Of one axis: what is cut off before and after the output, and how much it grows at the end.
struct Cut {
  int64_t before = 0;
  int64_t after = 0;
};

/// ONNX's formulas for an output of a wanted size (operator ConvTranspose, output_shape).
Cut cut_to(int64_t wanted, int64_t size, int64_t kernel, int64_t stride, int64_t dilation,
           int64_t growth, bool is_upper) {
  const int64_t all = stride * (size - 1) + growth + (kernel - 1) * dilation + 1 - wanted;
  if (all < 0)
    throw Error(fmt::format("expected an output of at most {}, received {}", wanted + all, wanted));
  return is_upper ? Cut{all / 2, all - all / 2} : Cut{all - all / 2, all / 2};
}

/// Two numbers of an attribute for height and width; one for the width alone.
Size2 pair_of(const RuleCall& call, const char* attribute, size_t axes, int64_t usual) {
  std::vector<int64_t> found = call.integers(attribute);
  if (found.empty()) found.assign(axes, usual);
  // An output's shape may be whole.
  if (found.size() == axes + 2) found.erase(found.begin(), found.begin() + 2);
  if (found.size() != axes || std::ranges::any_of(found, [](int64_t size) { return size < 0; }))
    throw Error(fmt::format("{}: expected {} numbers from 0 on", attribute, axes));
  return axes == 1 ? Size2(usual, found[0]) : Size2(found[0], found[1]);
}

std::vector<Value> transposed_convolution(const RuleCall& call) {
  if (call.integer("group", 1) != 1) {
    throw Error(fmt::format("expected a transposed convolution of one group, received {}",
                            call.integer("group", 1)));
  }
  const std::vector<int64_t> sizes = kernel_sizes(call);
  const Size2 size = onnx_lists::size_of(sizes);
  const size_t axes = sizes.size();
  const Shape x = call.make.shape_of(call.input(0));
  if (x.rank() != static_cast<int>(axes) + 2)
    throw Error(fmt::format("expected {} axes, received shape {}", axes + 2, x.to_string()));
  const Size2 growth = pair_of(call, "output_padding", axes, 0);
  const std::string padding = call.text("auto_pad", "NOTSET");
  const bool is_same = padding.starts_with("SAME");
  Window window = is_same ? Window{} : window_of(call, sizes);
  if (is_same) {
    window.strides = pair_of(call, "strides", axes, 1);
    window.dilations = pair_of(call, "dilations", axes, 1);
  }
  if (is_same || call.find("output_shape") != nullptr) {
    const Size2 input(axes == 2 ? x[2] : 1, x[-1]);
    const Size2 all(input.height * window.strides.height, input.width * window.strides.width);
    const Size2 wanted =
        call.find("output_shape") != nullptr ? pair_of(call, "output_shape", axes, 1) : all;
    const bool is_upper = padding == "SAME_UPPER";
    const Cut rows = cut_to(wanted.height, input.height, size.height, window.strides.height,
                            window.dilations.height, growth.height, is_upper);
    const Cut columns = cut_to(wanted.width, input.width, size.width, window.strides.width,
                               window.dilations.width, growth.width, is_upper);
    std::tie(window.top, window.bottom) = std::tie(rows.before, rows.after);
    std::tie(window.left, window.right) = std::tie(columns.before, columns.after);
  }
  return {call.make.transposed_convolution(call.input(0), kernel_of(call, 1, 0), bias_of(call),
                                           window, growth, 1)};
}

constexpr Rule rules[] = {
    {"onnx:Conv", &convolution},
    {"onnx:ConvTranspose", &transposed_convolution},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_convolution;
constinit const RuleFamily onnx_convolution{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
