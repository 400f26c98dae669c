#include "thaw/recipe/head.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/train/loss.h"

namespace thaw {
Model with_head(const Functional& base, const HeadOptions& options) {
  if (options.classes < 2) {
    throw UsageError(
        fmt::format("the head: expected two classes or more, received {}", options.classes));
  }
  if (base.inputs().size() != 1 || base.outputs().size() != 1) {
    throw UsageError(
        fmt::format("base \"{}\": expected one input and one output, received {} and {}",
                    base.name(), base.inputs().size(), base.outputs().size()));
  }
  const LossType& loss = loss_types::find(Loss(options.loss).name);
  const bool one_unit = loss.one_unit_for_two && options.classes == 2;
  const Symbol image = input(base.inputs()[0].shape(), "input");
  Symbol x = base(image, {.training = false});
  if (x.shape().rank() == 3) x = global_average_pooling_2d()(x);
  const Layer head = dense({.units = one_unit ? 1 : options.classes,
                            .activation = one_unit ? Activation::Kind::sigmoid : loss.head,
                            .name = "output_layer"});
  Model model(image, head(x));
  // The head alone: the base keeps the weights that it came with.
  const auto variables = head.variables();
  for (size_t i = 0; i < variables.size(); ++i) variables[i]->reset(options.seed + i);
  return model;
}

}  // namespace thaw
