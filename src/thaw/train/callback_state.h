#pragma once

#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// What a callback goes on from when a run is continued. It shares no storage that changes.
struct CallbackState {
  std::string name;  ///< the callback's: CallbackType::name
  Config numbers;    ///< a map
  std::vector<Tensor> tensors = {};
};

}  // namespace thaw
