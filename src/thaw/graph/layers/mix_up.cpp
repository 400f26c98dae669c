#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit mixes each image with another one of its batch, by a weight of Beta(alpha, alpha);
/// otherwise y = x. Labels stay, as in Keras's layer that is called on images alone.
struct MixUp {
  float alpha = 0.2F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha", alpha);
  }
  ops::RandomMix operation() const;
};

ops::RandomMix MixUp::operation() const {
  if (!(alpha > 0 && alpha <= 1e6F))
    throw Error(fmt::format("expected an alpha above 0, up to a million, received {}", alpha));
  return {.kind = ops::RandomMix::Kind::mix_up, .alpha = {alpha, alpha}};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType mix_up;
constinit const LayerType mix_up{
    "MixUp", &layers::read_image_layer<layers::ImageLayer<layers::MixUp>, mix_up>};
}  // namespace layer_types

}  // namespace thaw
