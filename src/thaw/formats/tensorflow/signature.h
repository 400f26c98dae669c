#pragma once

#include <string>
#include <vector>

#include "thaw/formats/tensorflow/saved_model.pb.h"

namespace thaw::tensorflow {

/// A value that a model takes or gives.
struct Port {
  std::string name;            ///< what the signature calls it
  std::string reference;       ///< of the outer graph: "serving_default_image:0"
  std::vector<int64_t> sizes;  ///< with the batch, −1 where open; empty: unknown rank
  proto::DataType type = proto::DT_INVALID;
};

struct Signature {
  std::string name;
  std::vector<Port> inputs;   ///< by their names
  std::vector<Port> outputs;  ///< likewise, those that are to be taken
};

/// The signature to take (see read_saved_model()); without name where there is none that takes
/// numbers. `refused` is what the signatures take instead, for messages.
Signature find_signature(const proto::MetaGraphDef& graph, std::string& refused);

/// One form of a function that models are called by: the graph's function, and what it is given.
struct CallForm {
  std::string function;
  std::vector<int32_t> captured = {};  ///< objects, which follow the arguments
  std::vector<Port> arguments = {};    ///< without references; flags are false
};

/// The form of `__call__` (or call, serve, predict, the only one there is) that computes without
/// training. Throws Error where the model has none.
CallForm find_call_form(const proto::MetaGraphDef& graph);

}  // namespace thaw::tensorflow
