#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "thaw/formats/tensorflow/graph_def.pb.h"

namespace thaw::tensorflow {

/// "name", "name:1" and "^name" → "name".
inline std::string node_of(std::string_view reference) {
  if (reference.starts_with('^')) reference.remove_prefix(1);
  return std::string(reference.substr(0, reference.find(':')));
}

/// How many inputs carry values; those that only order nodes follow.
inline int data_inputs(const proto::NodeDef& node) {
  int count = 0;
  while (count < node.input_size() && !node.input(count).starts_with('^')) ++count;
  return count;
}

}  // namespace thaw::tensorflow
