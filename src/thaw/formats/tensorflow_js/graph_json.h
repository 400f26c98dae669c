#pragma once

#include <vector>

#include "thaw/formats/tensorflow/graph_def.pb.h"
#include "thaw/formats/tensorflow_js/weights_manifest.h"

namespace thaw::tensorflow_js {

/// The GraphDef that a modelTopology holds in protobuf's JSON ({"node": [{"name", "op", "input",
/// "attr"}]}, texts in base64, whole numbers as texts), with the manifest's weights in its
/// constants. Throws Error naming the node and what was expected.
tensorflow::proto::GraphDef graph_of_json(const Config& topology,
                                          const std::vector<StoredWeight>& weights);

}  // namespace thaw::tensorflow_js
