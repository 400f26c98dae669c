#include "thaw/graph/network.h"

#include <algorithm>
#include <cstdint>

#include "thaw/core/variable.h"

namespace thaw {
namespace {

int64_t convolutions_in(const Functional& model) {
  int64_t count = 0;
  for (const Layer& layer : model.layers())
    count += layer.nested() != nullptr ? convolutions_in(*layer.nested()) : convolves(layer);
  return count;
}

/// nullptr when none holds half of them, or each of two does: blocks, not a network.
const Functional* most_of(const Functional& model) {
  const int64_t all = convolutions_in(model);
  const Functional* found = nullptr;
  for (const Layer& layer : model.layers()) {
    if (layer.nested() == nullptr) continue;
    const int64_t inside = convolutions_in(*layer.nested());
    if (inside == 0 || inside < all - inside) continue;
    if (found != nullptr) return nullptr;
    found = layer.nested();
  }
  return found;
}

}  // namespace

bool convolves(const Layer& layer) {
  return layer.nested() == nullptr &&
         std::ranges::any_of(layer.variables(), [](const VariablePtr& variable) {
           return variable->shape().rank() == 4 && variable->name().ends_with("kernel");
         });
}

Functional network_of(const Functional& model) {
  const Functional* inside = most_of(model);
  return inside == nullptr ? model : network_of(*inside);
}

std::span<const Layer> counted_layers(const Functional& network) {
  const auto all = network.layers();
  const bool starts_with_input = !all.empty() && all[0].class_name() == "InputLayer";
  return network.class_name() == "Sequential" && starts_with_input ? all.subspan(1) : all;
}

}  // namespace thaw
