#pragma once

#include <string>
#include <vector>

#include "thaw/formats/tensorflow_js/weights_manifest.h"
#include "thaw/graph/functional.h"

namespace thaw::tensorflow_js {

/// Gives each weight of the model that of its name: "conv_pw_1/kernel", of whatever models its
/// layer lies in, or, as Keras 3's files of weights name them, "layers/conv2d/vars/0". What no
/// layer has is named in `dropped`. The model changes only once all was found and fits. Throws
/// Error naming layer and weight: one that is missing, has another shape, or whose name several
/// layers have.
void assign_weights(const Functional& model, const std::vector<StoredWeight>& weights,
                    std::vector<std::string>& dropped);

}  // namespace thaw::tensorflow_js
