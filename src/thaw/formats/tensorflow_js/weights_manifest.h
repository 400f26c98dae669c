#pragma once

#include <string>
#include <vector>

#include "thaw/formats/import/array.h"
#include "thaw/formats/tensorflow_js/model_folder.h"

namespace thaw::tensorflow_js {

/// A weight as its file has it.
struct StoredWeight {
  std::string name;  ///< "conv_pw_1/kernel"
  foreign::Array array;
};

/// All weights that model.json's weightsManifest lists, in its order, those of an optimizer and
/// texts left out. Each group is the content of its files one behind the other; a weight is
/// float32, int32, uint8 or bool, or, quantized, y = x·scale + min of 8 or 16 bits, or half floats.
/// Throws Error naming weight and file: one that is missing, leads out of the folder or is there
/// twice, fewer bytes than the weights' shapes need. Memory is in proportion to the files.
/// Source: tfjs-core/src/io/types.ts, tensorflowjs/quantization.py.
std::vector<StoredWeight> read_weights(const ModelFolder& folder);

}  // namespace thaw::tensorflow_js
