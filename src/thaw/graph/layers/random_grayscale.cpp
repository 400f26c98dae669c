#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit makes an image grey with the probability `factor`; otherwise y = x.
struct RandomGrayscale {
  float factor = 0.5F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomGrayscale::operation() const {
  const ops::Range chance = range_of(Factor(factor, factor), 0, 1);
  return {.kind = ops::RandomChange::Kind::grayscale, .probability = chance};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_grayscale;
constinit const LayerType random_grayscale{
    "RandomGrayscale",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomGrayscale>, random_grayscale>};
}  // namespace layer_types

}  // namespace thaw
