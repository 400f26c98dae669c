#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// Where a model's batches come in. In Keras's config the shape stands with its batch axis.
struct InputLayer {
  Shape shape;  ///< without the batch axis; −1: not known yet (only as read from a file)
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    Shape batch_shape = shape.with_batch(-1);
    visit("batch_input_shape", batch_shape);  // Keras 1 and 2
    visit("batch_shape", batch_shape);        // Keras 3
    if (batch_shape.rank() > 0) shape = batch_shape.without_batch();
  }
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer input_layer(layers::InputLayer attributes);

}  // namespace thaw
