#pragma once

#include <type_traits>
#include <utility>

#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/kinds/random_augment.h"
#include "thaw/ops/kinds/random_change.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/kinds/random_mix.h"

namespace thaw::layers {

/// The operation of a layer that draws numbers in fit, and is y = x under training=False. Outside
/// of fit the operation itself is y = x, unless the call said training=True.
template <typename Operation>
ops::Value in_fit(const LowerContext& context, ops::Value x, Operation operation) {
  if (context.phase == ops::Phase::inference) return x;
  operation.phase = context.phase;
  if constexpr (std::is_same_v<Operation, ops::RandomColor>) {
    return context.ops.random_color(x, operation);
  } else if constexpr (std::is_same_v<Operation, ops::RandomChange>) {
    return context.ops.random_change(x, std::move(operation));
  } else if constexpr (std::is_same_v<Operation, ops::RandomAugment>) {
    return context.ops.random_augment(x, std::move(operation));
  } else if constexpr (std::is_same_v<Operation, ops::RandomMix>) {
    return context.ops.random_mix(x, operation);
  } else {
    return context.ops.random_affine(x, operation);
  }
}

}  // namespace thaw::layers
