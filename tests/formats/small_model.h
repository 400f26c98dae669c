#pragma once

#include "thaw/graph/functional.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw::testing {

/// A frozen base, called for inference, under a head: "small" with "base", "conv", "pool", "head".
inline Functional small_model(int64_t units = 2) {
  const Symbol inner = input({8, 8, 3}, "image");
  const Functional base(inner, conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(inner),
                        "base");
  const Symbol x = input({8, 8, 3}, "photo");
  const Symbol y = global_average_pooling_2d({.name = "pool"})(base(x, {.training = false}));
  Functional model(x, dense({.units = units, .name = "head"})(y), "small");
  base.set_trainable(false);
  model.metadata().set("classes", Config::List{"a", "b"});
  return model;
}

}  // namespace thaw::testing
