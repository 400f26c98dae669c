#pragma once

#include "thaw/formats/tensorflow_js/model_folder.h"

namespace thaw::tensorflow_js {

/// Whether model.json holds Keras's layers, and not a graph of operations.
bool is_layers_model(const ModelFolder& folder);

/// The model of layers, whoever saved it: tensorflowjs_converter (Keras 2 and 3), or model.save()
/// in JavaScript, whose names are Keras's; with its weights, and what it was compiled with. A
/// metadata.json of Teachable Machine gives the classes' names, the image size where the graph
/// leaves it open, and how images are fed. Throws Error naming layer and weight.
ModelFile read_layers_model(const ModelFolder& folder, const LoadOptions& options);

}  // namespace thaw::tensorflow_js
