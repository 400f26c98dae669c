#pragma once

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/formats/tensorflow/file_set.h"

namespace thaw::tensorflow {

namespace proto {
class GraphDef;
}  // namespace proto

/// What a SavedModel computes of an image when no one trains: TensorFlow 2's (Keras's and
/// tf.Module's, reusable modules of TensorFlow Hub), TensorFlow 1's, and its Hub modules.
///
/// Of several graphs that which is to serve; of its signatures "serving_default", else "default",
/// else the one that takes an image; without any, the function `__call__`, of its forms that with
/// training=False. Variables keep their names and whether they train.
/// Throws Error for a file that is damaged, and for models that are fed no numbers.
foreign::ForeignGraph read_saved_model(const FileSet& files);

/// Of a frozen GraphDef, whose variables are constants: its placeholder is the input, what no one
/// reads the output.
foreign::ForeignGraph read_graph_def(std::string_view bytes);
foreign::ForeignGraph read_graph_def(const proto::GraphDef& graph);

/// Whether bytes that begin so are a GraphDef: a node's name and operation come first.
bool starts_graph_def(std::string_view start);

}  // namespace thaw::tensorflow
