#include <optional>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/pick.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {
namespace {

/// Before and after each axis, the batch's first.
struct Widths {
  std::vector<std::vector<int64_t>> pairs;
};

void read(const Config& config, Widths& field) { fields::read(config, field.pairs); }
Config write(const Widths& field) { return fields::write(field.pairs); }

/// x with a border along each axis: of `constant_values` (mode "constant"), of the pixels within as
/// a mirror shows them, without the outermost ("reflect") or with it ("symmetric"), or of the
/// outermost ("edge"). Keras 3's operation of this name, called on the tensor and the value.
struct Pad {
  Widths pad_width;
  std::string mode = "constant";
  std::optional<float> constant_values = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("pad_width", pad_width);
    visit("mode", mode);
    visit("constant_values", constant_values);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

int64_t mirrored(const std::string& mode, int64_t at, int64_t size) {
  if (at >= 0 && at < size) return at;
  if (mode == "constant") return -1;
  if (mode == "edge") return at < 0 ? 0 : size - 1;
  const int64_t skip = mode == "reflect" ? 0 : 1;
  const int64_t result = at < 0 ? -at - skip : 2 * (size - 1) - at + skip;
  if (result < 0 || result >= size)
    throw Error(fmt::format("expected a border that {} pixels can be mirrored into", size));
  return result;
}

ops::Pick attributes_for(const Pad& layer, const Shape& x) {
  const auto& pairs = layer.pad_width.pairs;
  bool fits = static_cast<int>(pairs.size()) == x.rank() + 1;
  for (const auto& pair : pairs) fits = fits && pair.size() == 2;
  if (!fits || pairs[0] != std::vector<int64_t>{0, 0}) {
    throw Error(fmt::format("expected {} pairs of widths, that of the batch of 0, received {}",
                            x.rank() + 1, write(layer.pad_width).to_string().substr(0, 100)));
  }
  const auto& mode = layer.mode;
  if (mode != "constant" && mode != "reflect" && mode != "symmetric" && mode != "edge") {
    throw Error(fmt::format(
        "expected a mode among constant, reflect, symmetric and edge, received \"{}\"", mode));
  }
  constexpr int64_t largest = int64_t{1} << 24;
  for (const int64_t size : x.sizes())
    if (size > largest)
      throw Error(fmt::format("expected axes of at most 2^24, received {}", size));
  ops::Pick result{.fill = layer.constant_values.value_or(0.0F)};
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto& pair = pairs[static_cast<size_t>(axis) + 1];
    (void)padded(x[axis], pair[0], pair[1]);
    auto& indices = result.indices.emplace_back();
    for (int64_t at = -pair[0]; at < x[axis] + pair[1]; ++at)
      indices.push_back(mirrored(mode, at, x[axis]));
  }
  return result;
}

Shape Pad::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this, x), {&x, 1});
}

ops::Value Pad::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  ops::Pick attributes = attributes_for(*this, shape);
  const auto& pairs = pad_width.pairs;
  const bool is_zeros_around_image = shape.rank() == 3 && mode == "constant" &&
                                     attributes.fill == 0 && pairs[3][0] == 0 && pairs[3][1] == 0;
  if (is_zeros_around_image)
    return context.ops.pad_2d(x, {pairs[1][0], pairs[1][1], pairs[2][0], pairs[2][1]});
  return context.ops.pick(x, std::move(attributes));
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType pad;
constinit const LayerType pad{"Pad", &read_definition<layers::Pad, pad>, "keras.src.ops.numpy",
                              "constant_values"};
}  // namespace layer_types

}  // namespace thaw
