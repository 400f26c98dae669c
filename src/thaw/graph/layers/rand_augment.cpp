#include "thaw/graph/layer_support/augmentations.h"
#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit applies num_ops of eleven augmentations, drawn for the batch, by numbers that are drawn
/// for each image; otherwise y = x.
struct RandAugment {
  std::vector<float> value_range = {0.0F, 255.0F};
  int64_t num_ops = 2;
  Factor factor = 0.5F;
  std::string interpolation = "bilinear";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value_range", value_range);
    visit("num_ops", num_ops);
    visit("factor", factor);
    visit("interpolation", interpolation);
  }
  ops::RandomAugment operation() const;
};

ops::RandomAugment RandAugment::operation() const {
  if (num_ops < 0 || num_ops > 1000)
    throw Error(fmt::format("expected a num_ops of 0 to 1000, received {}", num_ops));
  ops::RandomAugment op = Augmentations{factor, value_range, interpolation}.operation();
  op.steps = num_ops;
  return op;
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType rand_augment;
constinit const LayerType rand_augment{
    "RandAugment",
    &layers::read_image_layer<layers::ImageLayer<layers::RandAugment>, rand_augment>};
}  // namespace layer_types

}  // namespace thaw
