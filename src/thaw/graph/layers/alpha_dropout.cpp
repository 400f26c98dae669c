#include <optional>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/dropout.h"

namespace thaw {
namespace layers {
namespace {

/// In fit sets each element to where SELU saturates with probability `rate`, and scales and moves
/// all so that mean and variance stay (see ops::Dropout); otherwise y = x. `seed` is only kept.
struct AlphaDropout {
  float rate = 0.5F;
  std::optional<std::vector<int64_t>> noise_shape = {};
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("noise_shape", noise_shape);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape AlphaDropout::output_shape(const Shape& x) const {
  if (!(rate >= 0 && rate < 1))
    throw Error(fmt::format("expected a rate from 0 to below 1, received {}", rate));
  if (noise_shape) throw Error("expected no noise_shape");
  return x;
}

ops::Value AlphaDropout::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || rate == 0) return x;
  return context.ops.dropout(x, {.rate = rate, .keeps_moments = true, .phase = context.phase});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType alpha_dropout;
constinit const LayerType alpha_dropout{"AlphaDropout",
                                        &read_definition<layers::AlphaDropout, alpha_dropout>};
}  // namespace layer_types

}  // namespace thaw
