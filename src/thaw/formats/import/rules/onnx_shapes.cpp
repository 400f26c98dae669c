// ONNX's operations that change how values lie, and no value.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using Sizes = std::vector<int64_t>;

/// Throws Error unless there is such a list, which ONNX asks for.
Sizes required_list(const RuleCall& call, const char* attribute, size_t place) {
  auto list = onnx_lists::list_of(call, attribute, place);
  if (!list) throw Error(fmt::format("expected {}, received none", attribute));
  return *std::move(list);
}

std::vector<Value> reshape(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  Sizes sizes = required_list(call, "shape", 1);
  const bool keeps_zeros = call.flag("allowzero", false);
  for (size_t i = 0; i < sizes.size() && !keeps_zeros; ++i) {
    if (sizes[i] != 0) continue;
    if (i >= static_cast<size_t>(x.rank())) {
      throw Error(
          fmt::format("expected a shape that keeps axes which there are, received axis {} "
                      "of shape {}",
                      i, x.to_string()));
    }
    sizes[i] = x[static_cast<int>(i)];
  }
  return {call.make.reshape(call.input(0), std::move(sizes))};
}

std::vector<Value> flatten(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  int64_t axis = call.integer("axis", 1);
  if (axis < 0) axis += x.rank();
  if (axis < 0 || axis > x.rank())
    throw Error(fmt::format("axis: expected one of {}, received {}", x.to_string(), axis));
  int64_t before = 1;
  for (int i = 0; i < axis; ++i) before *= x[i];
  return {call.make.reshape(call.input(0), {before, -1})};
}

std::vector<Value> transpose(const RuleCall& call) {
  Sizes order = call.integers("perm");
  if (order.empty()) {
    order.resize(static_cast<size_t>(call.make.shape_of(call.input(0)).rank()));
    std::iota(order.rbegin(), order.rend(), 0);
  }
  return {call.make.transpose(call.input(0), std::move(order))};
}

std::vector<Value> squeeze(const RuleCall& call) {
  auto axes = onnx_lists::list_of(call, "axes", 1);
  if (!axes) {
    const Shape x = call.make.shape_of(call.input(0));
    axes = Sizes{};
    for (int i = 0; i < x.rank(); ++i)
      if (x[i] == 1) axes->push_back(i);
  }
  return {call.make.squeeze(call.input(0), *std::move(axes))};
}

std::vector<Value> unsqueeze(const RuleCall& call) {
  return {call.make.unsqueeze(call.input(0), required_list(call, "axes", 1))};
}

/// To the shape that numpy makes of x's and the wanted one.
std::vector<Value> expand(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  Sizes sizes = required_list(call, "shape", 1);
  const auto rank = static_cast<size_t>(x.rank());
  if (sizes.size() < rank) sizes.insert(sizes.begin(), rank - sizes.size(), 1);
  const size_t ahead = sizes.size() - rank;
  for (size_t i = 0; i < rank; ++i)
    if (sizes[ahead + i] == 1) sizes[ahead + i] = x[static_cast<int>(i)];
  return {call.make.broadcast_to(call.input(0), std::move(sizes))};
}

std::vector<Value> tile(const RuleCall& call) {
  constexpr int64_t most_copies = 4096;
  Value x = call.input(0);
  const Shape shape = call.make.shape_of(x);
  const Sizes repeats = required_list(call, "repeats", 1);
  if (static_cast<int>(repeats.size()) != shape.rank())
    throw Error(fmt::format("expected {} repeats, received {}", shape.rank(), repeats.size()));
  Sizes broadcast(shape.sizes().begin(), shape.sizes().end());
  for (size_t i = 0; i < repeats.size(); ++i)
    if (broadcast[i] == 1) broadcast[i] = repeats[i];
  if (!std::ranges::equal(broadcast, shape.sizes())) x = call.make.broadcast_to(x, broadcast);
  for (size_t i = 0; i < repeats.size(); ++i) {
    if (repeats[i] == 1 || shape[static_cast<int>(i)] == 1) continue;
    if (repeats[i] < 1 || repeats[i] > most_copies)
      throw Error(fmt::format("expected 1 to {} repeats, received {}", most_copies, repeats[i]));
    const std::vector<Value> copies(static_cast<size_t>(repeats[i]), call.make.repeat(x));
    x = call.make.concatenate(copies, static_cast<int64_t>(i));
  }
  return {x};
}

/// The sizes of x [batch, channels, height, width], of which some are a multiple of the block's.
struct Blocks {
  Shape x;
  int64_t size = 1;
};

Blocks blocks_of(const RuleCall& call) {
  Blocks blocks{.x = call.make.shape_of(call.input(0)), .size = call.integer("blocksize", 0)};
  if (blocks.x.rank() != 4 || blocks.size < 1 || blocks.size > 4096) {
    throw Error(fmt::format("expected four axes and a blocksize, received shape {} and {}",
                            blocks.x.to_string(), blocks.size));
  }
  return blocks;
}

int64_t divided(int64_t size, int64_t by) {
  if (size % by != 0) throw Error(fmt::format("expected a multiple of {}, received {}", by, size));
  return size / by;
}

std::vector<Value> depth_to_space(const RuleCall& call) {
  const auto [x, block] = blocks_of(call);
  const int64_t channels = divided(x[1], block * block);
  const bool is_blocks_first = call.text("mode", "DCR") == "DCR";
  const Sizes split = is_blocks_first ? Sizes{x[0], block, block, channels, x[2], x[3]}
                                      : Sizes{x[0], channels, block, block, x[2], x[3]};
  const Sizes order = is_blocks_first ? Sizes{0, 3, 4, 1, 5, 2} : Sizes{0, 1, 4, 2, 5, 3};
  const Value apart = call.make.transpose(call.make.reshape(call.input(0), split), order);
  return {call.make.reshape(apart, {x[0], channels, x[2] * block, x[3] * block})};
}

std::vector<Value> space_to_depth(const RuleCall& call) {
  const auto [x, block] = blocks_of(call);
  const int64_t height = divided(x[2], block);
  const int64_t width = divided(x[3], block);
  const Value split = call.make.reshape(call.input(0), {x[0], x[1], height, block, width, block});
  const Value apart = call.make.transpose(split, {0, 3, 5, 1, 2, 4});
  return {call.make.reshape(apart, {x[0], x[1] * block * block, height, width})};
}

constexpr Rule rules[] = {
    {"onnx:DepthToSpace", &depth_to_space},
    {"onnx:Expand", &expand},
    {"onnx:Flatten", &flatten},
    {"onnx:Reshape", &reshape},
    {"onnx:SpaceToDepth", &space_to_depth},
    {"onnx:Squeeze", &squeeze},
    {"onnx:Tile", &tile},
    {"onnx:Transpose", &transpose},
    {"onnx:Unsqueeze", &unsqueeze},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_shapes;
constinit const RuleFamily onnx_shapes{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
