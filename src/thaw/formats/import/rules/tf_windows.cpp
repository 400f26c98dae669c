// TensorFlow's convolutions and poolings.
#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using namespace tensorflow_words;
using Values = std::vector<Value>;

/// The window's size, and the sizes of the kernel that an error names.
int64_t kernel_size(const RuleCall& call, int axis) {
  const Shape shape = call.make.shape_of(call.input(1));
  if (shape.rank() != 4)
    throw Error(
        fmt::format("expected a kernel of four axes, received the shape {}", shape.to_string()));
  return shape[axis];
}

Value convolved(const RuleCall& call, const Value* bias) {
  const int axis = channel_axis(call);
  const int64_t given = call.make.shape_of(call.input(0))[axis];
  const int64_t taken = kernel_size(call, 2);
  if (taken < 1 || given % taken != 0) {
    throw Error(
        fmt::format("expected {} channels, as the kernel has them, received {}", taken, given));
  }
  return call.make.convolution(call.input(0), call.input(1), bias, window_of(call, axis),
                               given / taken, axis);
}

Value depthwise_convolved(const RuleCall& call, const Value* bias) {
  const int axis = channel_axis(call);
  (void)kernel_size(call, 2);
  return call.make.depthwise_convolution(call.input(0), call.input(1), bias, window_of(call, axis),
                                         axis);
}

Values convolution(const RuleCall& call) { return {convolved(call, nullptr)}; }
Values depthwise(const RuleCall& call) { return {depthwise_convolved(call, nullptr)}; }

/// What a reader made of SpaceToBatchND, a convolution without border, and BatchToSpaceND: its
/// further inputs are the block's size and borders, and the block's size and what is cut off.
Values dilated(const RuleCall& call) {
  const int axis = channel_axis(call);
  const auto block = call.known(2, "a block's size").integers();
  const auto borders = call.known(3, "borders").integers();
  const auto cuts = call.known(5, "what is cut off").integers();
  Window window = window_of(call, axis);
  if (block.size() != 2 || borders.size() != 4 || cuts.size() != 4 || axis != 3 ||
      block != call.known(4, "a block's size").integers() || window.strides != Size2(1) ||
      window.is_same || window.dilations != Size2(1))
    throw Error("expected a dilated convolution over height and width, received another");
  window.dilations = {block[0], block[1]};
  window.top = borders[0] - cuts[0];
  window.bottom = borders[1] - cuts[1];
  window.left = borders[2] - cuts[2];
  window.right = borders[3] - cuts[3];
  if (std::min({window.top, window.bottom, window.left, window.right}) < 0)
    throw Error("expected a dilated convolution that cuts off no more than its borders");
  if (call.word() == "depthwise")
    return {call.make.depthwise_convolution(call.input(0), call.input(1), nullptr, window, axis)};
  const int64_t groups =
      call.make.shape_of(call.input(0))[axis] / std::max<int64_t>(kernel_size(call, 2), 1);
  return {call.make.convolution(call.input(0), call.input(1), nullptr, window, groups, axis)};
}

/// What follows a convolution or product that was fused with it: fused_ops names it in order.
Values with_fused(const RuleCall& call) {
  std::vector<std::string> fused;
  if (const Config* names = call.find("fused_ops"))
    for (const Config& name : names->as_list()) fused.push_back(name.as_string());
  const bool is_product = call.word() == "product";
  size_t next = 2;
  size_t first = 0;
  const Value* bias = nullptr;
  if (!fused.empty() && fused[0] == "BiasAdd") {
    bias = &call.input(next++);
    first = 1;
  }
  Value y;
  if (is_product) {
    y = call.make.matmul(call.input(0), call.input(1), call.flag("transpose_a", false),
                         call.flag("transpose_b", false));
    if (bias != nullptr) {
      y.uses = 1;
      y = call.make.binary(Binary::add, y, *bias);
    }
  } else {
    y = call.word() == "depthwise" ? depthwise_convolved(call, bias) : convolved(call, bias);
  }
  const int axis = is_product ? -1 : channel_axis(call);
  for (size_t i = first; i < fused.size(); ++i) {
    if (fused[i] == "FusedBatchNorm") {
      y = call.make.batch_normalization(y, &call.input(next), &call.input(next + 1),
                                        call.input(next + 2), call.input(next + 3),
                                        call.number("epsilon", 0.0001), axis);
      next += 4;
    } else if (fused[i] == "Prelu") {
      y = call.make.prelu(y, call.input(next++));
    } else {
      y = activated(call, y, fused[i], call.number("leakyrelu_alpha", 0.2));
    }
  }
  return {y};
}

/// How the gradient of a convolution is cut to the size that is asked for.
struct Cut {
  int64_t before = 0, after = 0, added = 0;
};

Cut cut_to(int64_t in, int64_t stride, int64_t span, int64_t out, bool is_same) {
  const int64_t full = (in - 1) * stride + span;
  const int64_t cut = is_same ? std::max<int64_t>(full - out, 0) : 0;
  return {.before = cut / 2, .after = cut - cut / 2, .added = out - (full - cut)};
}

Values transposed_convolution(const RuleCall& call) {
  const int axis = channel_axis(call);
  const Value& x = call.input(2);
  const Shape shape = call.make.shape_of(x);
  const auto sizes = call.known(0, "the size of the result").integers();
  const size_t first = axis == 1 ? 2 : 1;
  const size_t place = sizes.size() == 2 ? 0 : first;
  if (sizes.size() != 4 && sizes.size() != 2) throw Error("expected the size of an image");
  Window window = window_of(call, axis);
  if (window.dilations != Size2(1)) throw Error("expected a transposed convolution not dilated");
  const int64_t in_height = shape[static_cast<int>(first)];
  const int64_t in_width = shape[static_cast<int>(first) + 1];
  const Cut rows =
      cut_to(in_height, window.strides.height, kernel_size(call, 0), sizes[place], window.is_same);
  const Cut columns = cut_to(in_width, window.strides.width, kernel_size(call, 1), sizes[place + 1],
                             window.is_same);
  if (rows.added < 0 || columns.added < 0)
    throw Error("expected a result that the kernel can make, received a smaller one");
  Size2 added = 1;
  added.height = rows.added;
  added.width = columns.added;
  const bool is_whole = sizes[place] == in_height * window.strides.height &&
                        sizes[place + 1] == in_width * window.strides.width;
  if (window.is_same && is_whole) {
    added.height = added.width = 0;
  } else {
    window.is_same = false;
    window.top = rows.before;
    window.bottom = rows.after;
    window.left = columns.before;
    window.right = columns.after;
  }
  return {call.make.transposed_convolution(x, call.input(1), nullptr, window, added, axis)};
}

Values pooling(const RuleCall& call) {
  const int axis = channel_axis(call);
  if (call.input_count() > 1) throw Error("expected a window that is an attribute");
  return {call.make.pooling(call.input(0), call.word() == "max", over_image(call, "ksize", axis),
                            window_of(call, axis), false, false, axis)};
}

constexpr Rule rules[] = {
    {"tf:Conv2D", &convolution},
    {"tf:DepthwiseConv2dNative", &depthwise},
    {"tf:DepthwiseConv2d", &depthwise},
    {"tf:thaw.DilatedConv2D", &dilated, "convolution"},
    {"tf:thaw.DilatedDepthwiseConv2D", &dilated, "depthwise"},
    {"tf:_FusedConv2D", &with_fused, "convolution"},
    {"tf:FusedDepthwiseConv2dNative", &with_fused, "depthwise"},
    {"tf:_FusedDepthwiseConv2dNative", &with_fused, "depthwise"},
    {"tf:_FusedMatMul", &with_fused, "product"},
    {"tf:Conv2DBackpropInput", &transposed_convolution},
    {"tf:MaxPool", &pooling, "max"},
    {"tf:AvgPool", &pooling, "mean"},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_windows;
const RuleFamily tf_windows{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
