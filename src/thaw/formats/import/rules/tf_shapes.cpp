// TensorFlow's operations that lay values otherwise, and reductions.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using namespace tensorflow_words;
using Values = std::vector<Value>;

Values reshape(const RuleCall& call) {
  return {call.make.reshape(call.input(0), call.known(1, "a shape").integers())};
}

Values transpose(const RuleCall& call) {
  return {call.make.transpose(call.input(0), call.known(1, "an order").integers())};
}

Values expand(const RuleCall& call) {
  return {call.make.unsqueeze(call.input(0), call.known(1, "an axis").integers())};
}

Values squeeze(const RuleCall& call) {
  auto axes = call.integers("squeeze_dims", call.integers("axis"));
  if (axes.empty()) {
    const Shape shape = call.make.shape_of(call.input(0));
    for (int axis = 0; axis < shape.rank(); ++axis)
      if (shape[axis] == 1) axes.push_back(axis);
  }
  return {call.make.squeeze(call.input(0), axes)};
}

Values broadcast(const RuleCall& call) {
  return {call.make.broadcast_to(call.input(0), call.known(1, "a shape").integers())};
}

Values reduction(const RuleCall& call) {
  const Value& x = call.input(0);
  auto axes = call.known(1, "axes").integers();
  const bool keeps = call.flag("keep_dims", call.flag("keepDims", false));
  const int rank = call.make.shape_of(x).rank();
  if (axes.empty() && call.known(1, "axes").shape().rank() == 1 && rank > 0) return {x};
  if (call.word() == "product") {
    if (!x.is_known()) throw Error("expected a product of numbers that are known beforehand");
    std::vector<int> gone;
    gone.reserve(axes.size());
    for (const int64_t axis : axes) gone.push_back(call.make.axis_of(x, axis));
    return {
        Assembler::known(folding::reduce(folding::Fold::product, x.constant->array, gone, keeps))};
  }
  const Reduction how = call.word() == "mean"  ? Reduction::mean
                        : call.word() == "sum" ? Reduction::sum
                        : call.word() == "max" ? Reduction::max
                                               : Reduction::min;
  return {call.make.reduce(how, x, std::move(axes), keeps)};
}

/// Borders of all axes from a list of pairs.
void read_borders(const RuleCall& call, std::vector<int64_t>& before, std::vector<int64_t>& after) {
  const Array& pairs = call.known(1, "borders");
  if (pairs.shape().rank() != 2 || pairs.shape()[1] != 2)
    throw Error(fmt::format("expected two borders an axis, received the shape {}",
                            pairs.shape().to_string()));
  const auto numbers = pairs.integers();
  constexpr int64_t widest = 4096;
  for (const int64_t number : numbers)
    if (number < 0 || number > widest)
      throw Error(fmt::format("expected borders of 0 to {}, received {}", widest, number));
  for (size_t i = 0; i + 1 < numbers.size(); i += 2) {
    before.push_back(numbers[i]);
    after.push_back(numbers[i + 1]);
  }
}

Values pad(const RuleCall& call) {
  std::vector<int64_t> before;
  std::vector<int64_t> after;
  read_borders(call, before, after);
  if (call.word() == "mirror") {
    const std::string mode = call.text("mode", "REFLECT");
    return {call.make.pad(call.input(0), before, after,
                          mode == "SYMMETRIC" || mode == "symmetric" ? "symmetric" : "reflect", 0)};
  }
  const Array* value = call.known_or_null(2, "a value");
  const double number = value != nullptr ? value->number() : call.number("constantValue", 0);
  return {call.make.pad(call.input(0), before, after, "constant", number)};
}

Values resize(const RuleCall& call) {
  const Value& x = call.input(0);
  const auto size = call.known(1, "a size").integers();
  const Shape shape = call.make.shape_of(x);
  if (size.size() != 2 || shape.rank() != 4) throw Error("expected the size of an image");
  if (size[0] < 1 || size[1] < 1) throw Error("expected a size above 0");
  if (shape[1] == size[0] && shape[2] == size[1]) return {x};
  const bool is_nearest = call.word() == "nearest";
  const bool is_multiple = size[0] % shape[1] == 0 && size[1] % shape[2] == 0;
  if (call.flag("align_corners", call.flag("alignCorners", false)))
    throw Error("expected a resize by the centres of pixels, received one that aligns corners");
  // Repeating pixels is the same by corners and by centres.
  if (!call.flag("half_pixel_centers", call.flag("halfPixelCenters", false)) &&
      !(is_nearest && is_multiple)) {
    throw Error(
        "expected a resize by the centres of pixels, received one by their corners (TensorFlow 1)");
  }
  return {call.make.resize(x, {size[0], size[1]}, is_nearest ? "nearest" : "bilinear", 3)};
}

/// [b, h, w, n²·c] → [b, h·n, w·n, c], and back.
Values depth_and_space(const RuleCall& call) {
  const Value& x = call.input(0);
  const Shape shape = call.make.shape_of(x);
  const int64_t n = call.integer("block_size", 2);
  if (shape.rank() != 4 || channel_axis(call) != 3 || n < 1)
    throw Error("expected an image with the channels last");
  if (call.word() == "to_space") {
    if (shape[3] % (n * n) != 0) throw Error("expected channels for each place of a block");
    const int64_t channels = shape[3] / (n * n);
    const Value parts = call.make.reshape(x, {shape[0], shape[1], shape[2], n, n, channels});
    return {call.make.reshape(call.make.transpose(parts, {0, 1, 3, 2, 4, 5}),
                              {shape[0], shape[1] * n, shape[2] * n, channels})};
  }
  if (shape[1] % n != 0 || shape[2] % n != 0) throw Error("expected whole blocks");
  const Value parts = call.make.reshape(x, {shape[0], shape[1] / n, n, shape[2] / n, n, shape[3]});
  return {call.make.reshape(call.make.transpose(parts, {0, 1, 3, 2, 4, 5}),
                            {shape[0], shape[1] / n, shape[2] / n, shape[3] * n * n})};
}

constexpr Rule rules[] = {
    {"tf:Reshape", &reshape},
    {"tf:Transpose", &transpose},
    {"tf:ExpandDims", &expand},
    {"tf:Squeeze", &squeeze},
    {"tf:BroadcastTo", &broadcast},
    {"tf:Mean", &reduction, "mean"},
    {"tf:Sum", &reduction, "sum"},
    {"tf:ReduceMax", &reduction, "max"},
    {"tf:ReduceMin", &reduction, "min"},
    {"tf:Prod", &reduction, "product"},
    {"tf:Pad", &pad, "constant"},
    {"tf:PadV2", &pad, "constant"},
    {"tf:MirrorPad", &pad, "mirror"},
    {"tf:ResizeBilinear", &resize, "bilinear"},
    {"tf:ResizeNearestNeighbor", &resize, "nearest"},
    {"tf:DepthToSpace", &depth_and_space, "to_space"},
    {"tf:SpaceToDepth", &depth_and_space, "to_depth"},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_shapes;
const RuleFamily tf_shapes{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
