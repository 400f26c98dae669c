#pragma once

#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/tflite/tflite_file.h"

namespace thaw::tflite {

struct ReadGraph {
  foreign::ForeignGraph graph = {};
  std::vector<std::string> notes = {};  ///< what the user should know, a line each
};

/// The graph of a file in TensorFlow's words: kernels in its layout, an activation that is fused as
/// an operation of its own. Weights of 8 or 16 bits become the floats that they stand for.
/// Operations that are not known keep their names, for the importer to list them. Throws Error
/// naming the operation, and for models whose activations are quantized.
ReadGraph read_tflite(const TfliteFile& file);

}  // namespace thaw::tflite
