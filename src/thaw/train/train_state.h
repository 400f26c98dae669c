#pragma once

#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/train/history.h"

namespace thaw {

struct NamedTensor {
  std::string name;
  Tensor value;
};

/// All that a run needs to be continued exactly. No part of it shares storage with the model.
struct TrainState {
  std::vector<NamedTensor> variables;        ///< "conv/kernel", …: all that training changes
  std::vector<NamedTensor> optimizer_slots;  ///< "conv/kernel/momentum", …
  std::string optimizer;                     ///< its name
  double learning_rate = 0;
  int64_t iterations = 0;
  int epoch = 0;  ///< the next to run
  History history;
};

}  // namespace thaw
