#include "thaw/graph/layer_support/augmentations.h"
#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit mixes each image with num_chains copies, each changed in up to chain_depth steps drawn
/// from seven augmentations, with all_ops from eleven; otherwise y = x.
struct AugMix {
  std::vector<float> value_range = {0.0F, 255.0F};
  int64_t num_chains = 3;
  int64_t chain_depth = 3;
  Factor factor = 0.3F;
  float alpha = 1.0F;
  bool all_ops = true;
  std::string interpolation = "bilinear";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value_range", value_range);
    visit("num_chains", num_chains);
    visit("chain_depth", chain_depth);
    visit("factor", factor);
    visit("alpha", alpha);
    visit("all_ops", all_ops);
    visit("interpolation", interpolation);
  }
  ops::RandomAugment operation() const;
};

ops::RandomAugment AugMix::operation() const {
  const auto fits = [](int64_t count) { return count >= 1 && count <= 1000; };
  if (!fits(num_chains) || !fits(chain_depth)) {
    throw Error(
        fmt::format("expected num_chains and chain_depth from 1 to 1000, received {} and {}",
                    num_chains, chain_depth));
  }
  if (!(alpha > 0 && alpha <= 1e6F))
    throw Error(fmt::format("expected an alpha above 0, up to a million, received {}", alpha));
  ops::RandomAugment op = Augmentations{factor, value_range, interpolation, all_ops}.operation();
  op.steps = chain_depth;
  op.chains = num_chains;
  op.alpha = alpha;
  return op;
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType aug_mix;
constinit const LayerType aug_mix{
    "AugMix", &layers::read_image_layer<layers::ImageLayer<layers::AugMix>, aug_mix>};
}  // namespace layer_types

}  // namespace thaw
