#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit makes each channel's histogram, taken in `bins` over the whole batch as in Keras, even;
/// otherwise y = x.
struct Equalization {
  std::vector<float> value_range = {0.0F, 255.0F};
  int64_t bins = 256;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value_range", value_range);
    visit("bins", bins);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange Equalization::operation() const {
  if (bins < 1 || bins > 65536)
    throw Error(fmt::format("expected 1 to 65536 bins, received {}", bins));
  return {
      .kind = ops::RandomChange::Kind::equalize, .limits = limits_of(value_range), .bins = bins};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType equalization;
constinit const LayerType equalization{
    "Equalization",
    &layers::read_image_layer<layers::ImageLayer<layers::Equalization>, equalization>};
}  // namespace layer_types

}  // namespace thaw
