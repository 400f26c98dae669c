#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit puts a box of another image of the batch into each, by a weight of Beta(a, a), a drawn
/// from `factor` for the batch; otherwise y = x. Labels stay, as in Keras's layer that is called on
/// images alone.
struct CutMix {
  Factor factor = 1.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
  }
  ops::RandomMix operation() const;
};

ops::RandomMix CutMix::operation() const {
  const ops::Range range = drawn_range_of(factor, 0, 1);
  constexpr float least = 1e-6F;
  return {.kind = ops::RandomMix::Kind::cut_mix, .alpha = {range.low + least, range.high + least}};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType cut_mix;
constinit const LayerType cut_mix{
    "CutMix", &layers::read_image_layer<layers::ImageLayer<layers::CutMix>, cut_mix>};
}  // namespace layer_types

}  // namespace thaw
