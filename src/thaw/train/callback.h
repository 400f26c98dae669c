#pragma once

#include <cstdint>

#include "thaw/train/history.h"
#include "thaw/train/optimizer.h"

namespace thaw {

/// What a callback may do to the fit that calls it.
struct TrainingControl {
  Optimizer optimizer;
  std::vector<VariablePtr> variables;  ///< all that training changes
  int epochs = 0;
  bool stop_now = false;          ///< set it: fit returns after the running step
  bool stop_after_epoch = false;  ///< set it: fit returns after the running epoch
};

struct BatchProgress {
  int epoch = 0;
  int64_t batch = 0;  ///< done so far in this epoch, of `batches`
  int64_t batches = 0;
  int64_t images = 0;  ///< done so far in this epoch
  double images_per_second = 0;
  const Logs* logs = nullptr;  ///< loss and metrics so far
};

/// Watches a fit. Does nothing unless overridden.
class Callback {
 public:
  virtual ~Callback() = default;
  virtual void on_train_begin(TrainingControl&) {}
  /// While frozen layers run once for all images: `done` of `total` images.
  virtual void on_features(TrainingControl&, int64_t /*done*/, int64_t /*total*/) {}
  virtual void on_epoch_begin(TrainingControl&, int /*epoch*/) {}
  virtual void on_batch_end(TrainingControl&, const BatchProgress&) {}
  virtual void on_epoch_end(TrainingControl&, int /*epoch*/, const Logs&) {}
  virtual void on_train_end(TrainingControl&, const History&) {}
};

}  // namespace thaw
