#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/formats/import/array.h"

/// Graphs of other ecosystems: nodes that read and make values by name. Readers of files (onnx/,
/// tensorflow/, tflite/, tensorflow_js/) make one, and import_graph() makes layers of it.
namespace thaw::foreign {

/// In whose words operations and attributes are. TensorFlow's serve its SavedModel and frozen
/// GraphDef, TensorFlow.js's graph models, and TensorFlow Lite.
enum class Dialect { onnx, tensorflow };

/// One operation.
struct Node {
  std::string name;  ///< the file's own, for messages and for layers' names; may be empty
  std::string op;    ///< in the dialect's words: "Conv", "FusedBatchNormV3"
  std::vector<std::string> inputs;   ///< values; an empty name: an optional one that is left out
  std::vector<std::string> outputs;  ///< values; an empty name: one that nobody reads
  /// By the dialect's names: numbers, texts, lists, true and false. Arrays are no attributes: the
  /// reader makes a constant of them (ONNX's Constant, TensorFlow's Const) and no node.
  Config attributes{Config::Map{}};
};

/// A value that is known: a weight, a shape.
struct Constant {
  Array array;
  /// The name under which the file keeps it: layers are named after it ("layer1.0.conv1.weight",
  /// "block1_conv/kernel"). Empty: a number of the graph itself, which is no weight.
  std::string name = {};
  /// Whether the file says that it trains (variables of a SavedModel); absent: it says nothing.
  std::optional<bool> can_train = {};
};

/// A value that is given to the graph.
struct GraphInput {
  std::string name;            ///< the value's
  std::vector<int64_t> shape;  ///< with the batch; −1 is any size
};

struct ForeignGraph {
  Dialect dialect = Dialect::onnx;
  std::string name = {};  ///< of the model, where the file has one
  int64_t opset = 0;      ///< ONNX's version of its operators
  std::vector<GraphInput> inputs = {};
  std::vector<std::string> outputs = {};  ///< values
  std::vector<Node> nodes = {};           ///< in any order; names of values are unique
  std::map<std::string, Constant, std::less<>> constants = {};  ///< by the value's name
};

}  // namespace thaw::foreign
