#pragma once

#include <map>
#include <string>

#include "thaw/formats/tensorflow/saved_model.pb.h"

namespace thaw::tensorflow {

/// Under which keys of the checkpoint variables are kept, by the names of their nodes: read off the
/// part of the graph, or the function, that restores them.
std::map<std::string, std::string> restored_variables(const proto::GraphDef& graph,
                                                      const proto::SaverDef& saver);

}  // namespace thaw::tensorflow
