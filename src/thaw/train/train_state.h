#pragma once

#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/train/callback_state.h"
#include "thaw/train/history.h"

namespace thaw {

struct NamedTensor {
  std::string name;
  Tensor value;
};

/// How far a run has come.
struct RunPosition {
  int epoch = 0;      ///< the epoch to go on with, counted from 0
  int64_t batch = 0;  ///< how many of its batches are done
  /// What loss and metrics have summed up over the samples of these batches: Meter::sums().
  std::vector<double> sums;
  std::vector<CallbackState> callbacks;  ///< of those that remember something
  History history;
};

/// All that a run needs to be continued exactly. No part of it shares storage with the model.
struct TrainState {
  std::vector<NamedTensor> variables;        ///< "conv/kernel", …: all that training changes
  std::vector<NamedTensor> optimizer_slots;  ///< "conv/kernel/momentum", …
  std::string optimizer;                     ///< its name
  double learning_rate = 0;
  int64_t iterations = 0;
  RunPosition position;
};

}  // namespace thaw
