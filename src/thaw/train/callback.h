#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/train/callback_state.h"
#include "thaw/train/fit_place.h"
#include "thaw/train/history.h"
#include "thaw/train/optimizer.h"

namespace thaw {

class Model;

/// What a callback may look at and do to the fit that calls it.
struct TrainingControl {
  const Model* model = nullptr;  ///< what is fit; nullptr while none is, as features are computed
  FitPlace place = {};           ///< where this fit stands in its run
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
  /// Of an interrupted fit too, which may go on later.
  virtual void on_train_end(TrainingControl&, const History&) {}

  /// What it must know to go on; nothing when it has nothing to remember. Asked after each step and
  /// epoch, and kept in TrainState.
  virtual std::optional<CallbackState> state() const { return {}; }
  /// Takes up state() of the run that this one continues; called after on_train_begin().
  virtual void restore(TrainingControl&, const CallbackState&) {}
};

/// One kind of callback: a row of the table that CMake makes from the files of train/callbacks/.
struct CallbackType {
  std::string_view name;        ///< Keras's, in snake case: "early_stopping"
  std::string_view class_name;  ///< Keras's: "EarlyStopping"
  std::vector<std::string> (*option_names)();
  /// Throws UsageError on options that it does not have.
  std::unique_ptr<Callback> (*make)(const Config& options);
};

namespace callback_types {
/// Every callback there is.
std::span<const CallbackType* const> all();
/// Throws UsageError listing the known names.
const CallbackType& find(std::string_view name);
}  // namespace callback_types

/// By name, with options or none: "early_stopping", "early_stopping@monitor=loss,patience=3".
/// Throws UsageError on what is not known.
std::unique_ptr<Callback> make_callback(std::string_view text);
/// Example: make_callback("csv_logger", {{"filename", "log.csv"}})
std::unique_ptr<Callback> make_callback(std::string_view name, Config::Map options);

/// What a fit's callbacks know.
std::vector<CallbackState> states_of(std::span<Callback* const> callbacks);
/// Gives each state back to the callback of its name, the n-th of a name to the n-th. Throws Error
/// on a state that none takes.
void restore_states(std::span<Callback* const> callbacks, std::span<const CallbackState> states,
                    TrainingControl& control);

}  // namespace thaw
