#include "thaw/formats/tensorflow_js/graph_model.h"

#include "thaw/formats/import/import_graph.h"
#include "thaw/formats/tensorflow/saved_model.h"
#include "thaw/formats/tensorflow_js/graph_json.h"
#include "thaw/formats/tensorflow_js/teachable_machine.h"

namespace thaw::tensorflow_js {

ModelFile read_graph_model(const ModelFolder& folder, const LoadOptions& options) {
  const TeachableMachine metadata(folder);
  LoadOptions given = options;
  if (!given.input_shape) given.input_shape = metadata.image_shape();
  ModelFile content =
      foreign::import_graph(tensorflow::read_graph_def(graph_of_json(
                                folder.model().at("modelTopology"), read_weights(folder))),
                            given);
  metadata.note_in(content);
  return content;
}

}  // namespace thaw::tensorflow_js
