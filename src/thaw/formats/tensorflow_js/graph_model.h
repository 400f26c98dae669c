#pragma once

#include "thaw/formats/tensorflow_js/model_folder.h"

namespace thaw::tensorflow_js {

/// A graph model (tensorflowjs_converter of a SavedModel, a Hub module, a frozen graph) as a model
/// of layers: TensorFlow's frozen graph in JSON, its constants beside it. Throws Error naming node
/// and weight.
ModelFile read_graph_model(const ModelFolder& folder, const LoadOptions& options);

}  // namespace thaw::tensorflow_js
