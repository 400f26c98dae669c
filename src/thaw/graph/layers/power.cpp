#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = x^exponent: Keras 3's operation of this name, called on the tensor and the exponent.
struct Power {
  float exponent = 1.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("exponent", exponent);
  }
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Power::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::power, .exponent = exponent});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType power;
constinit const LayerType power{"Power", &read_definition<layers::Power, power>,
                                "keras.src.ops.numpy", "exponent"};
}  // namespace layer_types

}  // namespace thaw
