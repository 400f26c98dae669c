#pragma once

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/model_file.h"

namespace thaw::foreign {

/// The graph as a model of layers, channels last, its weights in them: constants are folded, what
/// is written in parts is recognized (recognition.h), and each node becomes layers by its rule
/// (rules/). Inputs of rank 4 with channels first become (height, width, channels). Sizes that the
/// file leaves open are taken from options.input_shape.
/// Throws Error naming node and operation; operations that are not known are listed all at once.
/// Memory and time are in proportion to the graph's nodes and constants.
ModelFile import_graph(ForeignGraph graph, const LoadOptions& options);

}  // namespace thaw::foreign
