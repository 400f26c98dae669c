#pragma once

#include <functional>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/formats/model_file.h"

namespace thaw {

/// A tensor of a file that holds names and tensors alone.
struct WeightTensor {
  std::string name;
  Shape shape;
  std::function<Tensor()> values;  ///< reads them; may throw Error
};

/// How such a file lays its tensors out and calls them.
enum class TensorStyle {
  thaw,  ///< "block1a_dwconv/kernel", and "base/…" in a nested model: Keras's layout
  /// "blocks.0.0.conv_dw.weight", PyTorch's layout: convolutions [out, in, h, w], Dense [out, in].
  /// The layers' names there are WeightsOptions::layer_names.
  torch
};

/// Gives the model the tensors whose names are its layers', as load_weights() says. Throws Error
/// naming the layer for one that the file has not, that has another shape, or of whose class it is
/// not known how PyTorch lays it out; then the model is as it was.
WeightsReport assign_named(const Functional& model, const std::vector<WeightTensor>& tensors,
                           TensorStyle style, const WeightsOptions& options);

/// The names under which thaw writes the weights of a model, and their values, each once.
std::vector<std::pair<std::string, Tensor>> named_weights(const Functional& model);

}  // namespace thaw
