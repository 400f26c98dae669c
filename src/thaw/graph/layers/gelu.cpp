#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {
namespace {

/// y = x·Φ(x), or its approximation by tanh: Keras 3's operation of this name. Source: Hendrycks
/// and Gimpel 2016, "Gaussian error linear units".
struct Gelu {
  bool approximate = true;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("approximate", approximate);
  }
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Gelu::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.activation(
      x, approximate ? thaw::Activation::Kind::gelu_by_tanh : thaw::Activation::Kind::gelu);
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType gelu;
constinit const LayerType gelu{"Gelu", &read_definition<layers::Gelu, gelu>, "keras.src.ops.nn"};
}  // namespace layer_types

}  // namespace thaw
