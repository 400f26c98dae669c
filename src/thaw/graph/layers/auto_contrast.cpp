#include <limits>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/factor.h"
#include "thaw/graph/layer_support/reduce.h"
#include "thaw/ops/kinds/elementwise.h"
#include "thaw/ops/range.h"

namespace thaw {
namespace layers {
namespace {

/// y = (x − low)·range/(high − low) + lowest of each channel of each image, whose smallest and
/// largest number low and high are, held within value_range; y = x where a channel is of one
/// number.
struct AutoContrast {
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value_range", value_range);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape AutoContrast::output_shape(const Shape& x) const {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  (void)limits_of(value_range);
  return x;
}

ops::Value AutoContrast::lower(const LowerContext& context, ops::Value x) const {
  const ops::Range range = limits_of(value_range);
  const auto map = [&](ops::Elementwise attributes, ops::Value value) {
    return context.ops.elementwise(value, attributes);
  };
  using Kind = ops::Elementwise::Kind;
  constexpr float largest = std::numeric_limits<float>::max();
  constexpr float tiny = 1e-30F;
  const std::vector<int64_t> rows_and_columns = {1, 2};
  const ops::Value low = reduce(context, ops::Reduce::Kind::minimum, x, rows_and_columns, true);
  const ops::Value high = reduce(context, ops::Reduce::Kind::maximum, x, rows_and_columns, true);
  const ops::Value width = context.ops.binary(ops::Binary::Kind::subtract, high, low);
  const ops::Value divisor = map({.kind = Kind::clip, .lowest = tiny, .highest = largest}, width);
  const ops::Value scale = map({.kind = Kind::power, .exponent = -1.0F}, divisor);
  const ops::Value part =
      context.ops.multiply(context.ops.binary(ops::Binary::Kind::subtract, x, low), scale);
  const ops::Value spread = context.ops.scale_shift(part, {range.high - range.low}, {range.low});
  const ops::Value held =
      map({.kind = Kind::clip, .lowest = range.low, .highest = range.high}, spread);
  // Of a channel of one number part is 0: what is missing to that number.
  const ops::Value is_flat =
      context.ops.activation(context.ops.scale_shift(width, {-1.0F / tiny}, {1.0F}), "relu");
  const ops::Value missing = context.ops.scale_shift(low, {1.0F}, {-range.low});
  return context.ops.add(held, context.ops.multiply(missing, is_flat));
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType auto_contrast;
constinit const LayerType auto_contrast{"AutoContrast",
                                        &read_definition<layers::AutoContrast, auto_contrast>};
}  // namespace layer_types

}  // namespace thaw
